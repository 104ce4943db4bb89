//! Values from the reference implementations: the oracle of every metric.
