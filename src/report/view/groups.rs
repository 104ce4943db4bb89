//! Facts kept, by group and system.

use serde::Serialize;

use super::ViewOptions;
use super::columns::Ranking;
use crate::model::record::{GroupCount, RunRecord, SystemKind};
use crate::report::clean;

/// Facts kept by group and system; the first row sums up all groups.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Groups {
    /// The systems that were held against a checklist, in the order of the table.
    pub systems: Vec<GroupSystem>,
    /// All facts, then the groups, worst first.
    pub rows: Vec<GroupRow>,
    /// Groups that are not listed.
    pub more: u64,
    /// Whether samples or annotators count more than once.
    pub samples: bool,
}

/// A column of the groups' table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GroupSystem {
    /// The system's full name.
    pub id: String,
    /// What it is.
    pub kind: SystemKind,
}

/// A group of facts.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GroupRow {
    /// Its heading: the dataset where there are several, and the group.
    pub label: String,
    /// The dataset; null for all facts.
    pub dataset: Option<String>,
    /// The group; null for all facts.
    pub group: Option<String>,
    /// One a system; null where it was not asked.
    pub cells: Vec<Option<GroupCell>>,
}

/// What became of a group's facts in one system's outputs, summed over articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GroupCell {
    /// Facts covered.
    pub covered: u64,
    /// Facts asked for.
    pub total: u64,
    /// Facts contradicted.
    pub contradicted: u64,
}

impl GroupCell {
    fn add(&mut self, count: &GroupCount) {
        self.covered += count.covered;
        self.total += count.covered + count.missing + count.contradicted;
        self.contradicted += count.contradicted;
    }

    /// Facts lost, a contradiction counting for two: what orders groups.
    fn lost(self) -> u64 {
        self.total - self.covered + self.contradicted
    }

    /// `3/5`.
    pub fn kept(&self) -> String {
        format!("{}/{}", self.covered, self.total)
    }

    /// ` ✗1` where one is contradicted, else nothing.
    pub fn wrong(&self) -> String {
        if self.contradicted == 0 { String::new() } else { format!(" ✗{}", self.contradicted) }
    }
}

/// Sums up the groups of a run.
pub fn groups(run: &RunRecord, ranking: &Ranking<'_>, options: &ViewOptions) -> Groups {
    let ui = options.ui;
    let systems: Vec<GroupSystem> = ranking
        .order
        .iter()
        .map(|i| &run.systems[*i])
        .filter(|s| run.groups.iter().any(|g| g.system == s.id))
        .map(|s| GroupSystem { id: s.id.clone(), kind: s.kind })
        .collect();
    if systems.is_empty() {
        return Groups::default();
    }
    let mut all: Vec<Option<GroupCell>> = vec![None; systems.len()];
    let mut rows: Vec<(&str, &str, Vec<Option<GroupCell>>)> = Vec::new();
    for count in &run.groups {
        let Some(at) = systems.iter().position(|s| s.id == count.system) else { continue };
        let known = rows.iter().position(|(dataset, group, _)| *dataset == count.dataset && *group == count.group);
        let row = known.unwrap_or_else(|| {
            rows.push((&count.dataset, &count.group, vec![None; systems.len()]));
            rows.len() - 1
        });
        rows[row].2[at].get_or_insert_default().add(count);
        all[at].get_or_insert_default().add(count);
    }
    let candidates: Vec<usize> = (0..systems.len()).filter(|i| systems[*i].kind == SystemKind::Candidate).collect();
    // Worst first by what the systems under test lost, so that a group of one fact does not hide one of twenty;
    // equals stay in the suite's order.
    let lost =
        |cells: &[Option<GroupCell>]| candidates.iter().filter_map(|i| cells[*i]).map(GroupCell::lost).sum::<u64>();
    rows.sort_by_key(|row| std::cmp::Reverse(lost(&row.2)));
    let several = run.datasets.len() > 1;
    let facts: u64 = run.datasets.iter().map(|d| d.facts).sum();
    let samples = all.iter().flatten().any(|cell| cell.total > facts);
    let more = rows.len().saturating_sub(options.groups) as u64;
    let named = rows.into_iter().take(options.groups).map(|(dataset, group, cells)| {
        let group_label =
            if group.is_empty() { ui.text("groups.ungrouped").to_owned() } else { clean::clip(group, 60) };
        let label = if several { format!("{} · {group_label}", clean::clip(dataset, 40)) } else { group_label };
        GroupRow { label, dataset: Some(dataset.to_owned()), group: Some(group.to_owned()), cells }
    });
    let total = GroupRow { label: ui.text("groups.all").to_owned(), dataset: None, group: None, cells: all };
    let rows = std::iter::once(total).chain(named).collect();
    let systems = systems.into_iter().map(|s| GroupSystem { id: clean::clip(&s.id, 60), kind: s.kind }).collect();
    Groups { systems, rows, more, samples }
}
