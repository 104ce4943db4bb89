//! Prompts: a file with front matter, rendered for each article.
//!
//! ```text
//! +++
//! system = "You are a news editor."
//! +++
//! Summarize: {{ source }}
//! ```
//!
//! Both the file's text (the user message) and `system` in its front matter are minijinja templates. They may name
//! `source`, `title`, `lang`, `date`, `id`, `story`, `tags`, `meta` (each as the article has it, empty where it has none),
//! `article` (all of these), `dataset` and `sample`. A name that is none of these is an error of the suite, and so is a
//! prompt that never shows the article; a field of `meta` that an article lacks fails that item.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};

use crate::backend::Request;

/// The prompt of a suite that gives none.
pub const DEFAULT: &str = include_str!("default-prompt.md");

/// A prompt's templates.
#[derive(Debug)]
pub struct Prompt {
    environment: Environment<'static>,
    has_system: bool,
    /// The file's name, for messages.
    name: String,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// `system` or `user`.
    pub role: &'static str,
    /// Its text.
    pub content: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    system: Option<String>,
}

const NAMES: [&str; 11] =
    ["source", "title", "lang", "date", "id", "story", "tags", "meta", "article", "dataset", "sample"];

/// Names that minijinja itself gives.
const GLOBALS: [&str; 5] = ["range", "dict", "debug", "namespace", "loop"];

impl Prompt {
    /// Reads a prompt from its file's text; what is wrong, with the line, where it is none.
    pub fn new(name: &str, text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let (front, user, line) =
            split(&text).ok_or_else(|| format!("{name}:1: the front matter has no closing `+++`"))?;
        let front: FrontMatter = toml::from_str(front).map_err(|error| {
            let before = error.span().map_or("", |span| &front[..span.start.min(front.len())]);
            format!("{name}:{}: {}", 2 + before.matches('\n').count(), error.message())
        })?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let has_system = front.system.is_some();
        let mut shows_article = false;
        for (part, template, first_line) in
            [("system", front.system.unwrap_or_default(), None), ("user", user.to_owned(), Some(line))]
        {
            let place = |line: Option<usize>| match (first_line, line) {
                (Some(first), Some(line)) => format!("{name}:{}", first + line - 1),
                _ => format!("{name}: `{part}`"),
            };
            environment
                .add_template_owned(part, template)
                .map_err(|e| format!("{}: {}", place(e.line()), detail(&e)))?;
            let used = environment.get_template(part).map_err(|e| format!("{}: {}", place(e.line()), detail(&e)))?;
            let mut used: Vec<String> = used.undeclared_variables(false).into_iter().collect();
            used.sort();
            let unknown = used.iter().find(|n| !NAMES.contains(&n.as_str()) && !GLOBALS.contains(&n.as_str()));
            if let Some(unknown) = unknown {
                return Err(format!(
                    "{}: the prompt names `{unknown}`, which no article has; {}",
                    place(None),
                    nearest(unknown)
                ));
            }
            shows_article |= used.iter().any(|name| name == "source" || name == "article");
        }
        if !shows_article {
            return Err(format!("{name}: the prompt never shows the article; put `{{{{ source }}}}` where it belongs"));
        }
        Ok(Prompt { environment, has_system, name: name.to_owned() })
    }

    /// The messages for an article of which `source` is shown.
    pub fn render(&self, request: &Request<'_>, source: &str) -> Result<Vec<Message>, String> {
        let article = request.article;
        let text = |field: Option<&str>| Value::from(field.unwrap_or_default());
        let fields = [
            ("source", Value::from(source)),
            ("title", text(article.title.as_deref())),
            ("lang", text(article.lang.as_ref().map(|lang| lang.as_str()))),
            ("date", text(article.date.as_deref())),
            ("id", Value::from(article.id.as_str())),
            ("story", text(article.story.as_deref())),
            ("tags", Value::from(Serde(&article.tags))),
            ("meta", Value::from(Serde(&article.meta))),
        ];
        let whole = Value::from_pairs(fields.clone());
        let rest =
            [("article", whole), ("dataset", Value::from(request.dataset)), ("sample", Value::from(request.sample))];
        let context = Value::from_pairs(fields.into_iter().chain(rest));
        let render = |part: &'static str| {
            let template = self.environment.get_template(part);
            template
                .and_then(|template| template.render(&context))
                .map_err(|e| format!("{}, `{part}`: {}", self.name, detail(&e)))
        };
        let mut messages = Vec::new();
        if self.has_system {
            messages.push(Message { role: "system", content: render("system")? });
        }
        messages.push(Message { role: "user", content: render("user")? });
        Ok(messages)
    }
}

/// What a name that nothing has may have been meant for.
fn nearest(unknown: &str) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(unknown, name);
    match NAMES.iter().filter(|name| likeness(name) > 0.75).max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", NAMES.join(", ")),
    }
}

/// Front matter, text, and the line that the text begins on; `None` where the front matter does not end.
fn split(text: &str) -> Option<(&str, &str, usize)> {
    let Some(inner) = text.strip_prefix("+++\n") else { return Some(("", text, 1)) };
    let (front, rest) = match inner.strip_prefix("+++\n") {
        Some(rest) => ("", rest),
        None => inner.split_once("\n+++\n")?,
    };
    let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
    Some((front, rest, line))
}

fn detail(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::article;

    fn render(prompt: &Prompt, source: &str) -> Result<Vec<(&'static str, String)>, String> {
        let article = article(source);
        let request = Request { dataset: "d", article: &article, references: &[], sample: 0, seed: 1, stop: None };
        prompt.render(&request, source).map(|messages| messages.into_iter().map(|m| (m.role, m.content)).collect())
    }

    #[test]
    fn a_prompt_has_a_system_message_in_its_front_matter() {
        let prompt = Prompt::new(
            "p.md",
            "+++\nsystem = \"Dataset {{ dataset }}\"\n+++\n{% if title %}T{% endif %}<{{ source }}>\n",
        );
        let messages = render(&prompt.expect("it is good"), "a & \"b\"").expect("it renders");
        assert_eq!(messages, [("system", "Dataset d".to_owned()), ("user", "<a & \"b\">".to_owned())]);
        let plain = Prompt::new("p.md", "{{ article.source }}|{{ title }}|{{ tags | length }}").expect("it is good");
        assert_eq!(render(&plain, "x").expect("it renders"), [("user", "x||0".to_owned())]);
    }

    #[test]
    fn the_default_prompt_is_one() {
        let messages = render(&Prompt::new("default", DEFAULT).expect("it is good"), "央行升息。").expect("it renders");
        assert!(messages.len() == 2 && messages[1].1.ends_with("\n\n央行升息。"), "{messages:?}");
    }

    #[test]
    fn what_is_no_prompt_is_named_with_its_place() {
        let errors: Vec<String> = [
            "+++\nsystem = 1\n+++\n{{ source }}",
            "+++\nsystem = \"x\"\nrole = \"y\"\n+++\n{{ source }}",
            "+++\nsystem = \"x\"\n{{ source }}",
            "+++\nsystem = \"x\"\n+++\nfirst\n{{ source",
            "Summarize {{ soruce }}",
            "Summarize {{ quux }} {{ source }}",
            "+++\nsystem = \"{% if %}\"\n+++\n{{ source }}",
            "Summarize the article.",
        ]
        .iter()
        .map(|text| Prompt::new("p.md", text).expect_err("it is wrong"))
        .collect();
        insta::assert_snapshot!(errors.join("\n"), @r"
        p.md:2: invalid type: integer `1`, expected a string
        p.md:3: unknown field `role`, expected `system`
        p.md:1: the front matter has no closing `+++`
        p.md:5: syntax error: unexpected end of input, expected end of variable block
        p.md: `user`: the prompt names `soruce`, which no article has; did you mean `source`?
        p.md: `user`: the prompt names `quux`, which no article has; there are source, title, lang, date, id, story, tags, meta, article, dataset, sample
        p.md: `system`: syntax error: unexpected end of block
        p.md: the prompt never shows the article; put `{{ source }}` where it belongs
        ");
    }

    #[test]
    fn what_an_article_lacks_fails_its_item() {
        let prompt = Prompt::new("p.md", "{{ source }} by {{ meta.byline }}").expect("it is good");
        let error = render(&prompt, "x").expect_err("no byline");
        assert!(error.starts_with("p.md, `user`: undefined value"), "{error}");
    }
}
