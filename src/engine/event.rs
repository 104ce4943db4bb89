//! What observers of a run hear. They listen and compute nothing.

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// Work begins.
    Started {
        /// Each system with the number of its items, in suite order.
        systems: Vec<(String, u64)>,
        /// All items.
        items: u64,
    },
    /// An item ended.
    Item {
        /// The system's full name.
        system: &'a str,
        /// Whether there is an output; otherwise a failure.
        ok: bool,
    },
    /// Something the user should know.
    Warning(String),
    /// All items that will end have ended.
    Finished,
}

/// Hears the events of a run, from several threads.
pub trait Observer: Sync {
    /// Called at each event.
    fn on(&self, event: &Event<'_>);
}

/// Hears nothing.
impl Observer for () {
    fn on(&self, _event: &Event<'_>) {}
}
