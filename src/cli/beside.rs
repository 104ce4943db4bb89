//! What stands in the repository beside a record: the articles, and the lines of the checklists.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::Path;

use epitome::config::Plan;
use epitome::dataset::{At, Dataset};
use epitome::model::Article;
use epitome::model::record::RunRecord;
use epitome::report::{Beside, Place};

/// The datasets of a suite, read only where a report asks for them.
pub struct Repository<'a> {
    plan: &'a Plan,
    record: &'a RunRecord,
    datasets: OnceCell<Vec<Dataset>>,
    articles: OnceCell<HashMap<(String, String), Article>>,
}

impl<'a> Repository<'a> {
    /// The datasets of the suite that a run belongs to.
    pub fn new(plan: &'a Plan, record: &'a RunRecord) -> Self {
        Repository { plan, record, datasets: OnceCell::new(), articles: OnceCell::new() }
    }

    /// Those that can be read; a report does without the others.
    fn datasets(&self) -> &[Dataset] {
        let open = |spec| Dataset::open(spec, &self.plan.root).ok();
        self.datasets.get_or_init(|| self.plan.datasets.iter().filter_map(open).collect())
    }

    /// The articles of the datasets that are still what the run read.
    fn articles(&self) -> &HashMap<(String, String), Article> {
        let unchanged = |dataset: &&Dataset| {
            let known = self.record.datasets.iter().find(|d| d.name == dataset.name());
            known.is_some_and(|known| known.source_hash == dataset.summary().source_hash)
        };
        self.articles.get_or_init(|| {
            let mut articles = HashMap::new();
            for dataset in self.datasets().iter().filter(unchanged) {
                for entry in dataset.entries().into_iter().flatten().flatten() {
                    articles.insert((dataset.name().to_owned(), entry.article.id.clone()), entry.article);
                }
            }
            articles
        })
    }
}

impl Beside for Repository<'_> {
    fn fact(&self, dataset: &str, article: &str, fact: &str) -> Option<Place> {
        let dataset = self.datasets().iter().find(|d| d.name() == dataset)?;
        let place = dataset.fact_place(article, fact)?;
        let line = match place.at {
            At::File => None,
            At::Line(line) | At::Column(line, _) | At::Row(line) => Some(line),
        };
        let path: &Path = &place.path;
        Some(Place { file: path.strip_prefix(".").unwrap_or(path).display().to_string(), line })
    }

    fn article(&self, dataset: &str, id: &str) -> Option<&Article> {
        self.articles().get(&(dataset.to_owned(), id.to_owned()))
    }
}
