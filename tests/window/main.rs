//! The real window on real services: what a person sees and does, through WebDriver.

#[cfg(test)]
mod album;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod drill;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod situations;
#[cfg(test)]
mod verdict;
#[cfg(test)]
mod visual;
#[cfg(test)]
mod walk;
