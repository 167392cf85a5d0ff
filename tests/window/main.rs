//! The real window on real services: what a person sees and does, through WebDriver.

#[cfg(test)]
mod connection;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod verdict;
