//! Calculators: the money rules over plain requests, without accounts or stored state.
