//! Whole journeys: the app with its sync on a real credit service over HTTP, without a window.

#[cfg(test)]
mod balances;
#[cfg(test)]
mod connecting;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod purchases;
#[cfg(test)]
mod purchases_interrupted;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod totals;
#[cfg(test)]
mod totals_of_a_year;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod world;
