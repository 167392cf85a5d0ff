//! Everything that can be set of `serve`: one list for its help, its file, its environment and docs/CONFIGURATION.md.

/// Something that can be set.
#[derive(Debug)]
pub(in crate::cli) struct Setting {
    /// What it is called in the file.
    pub(in crate::cli) key: &'static str,
    /// What it is called among the arguments; none, if it has no place there.
    pub(in crate::cli) flag: Option<&'static str>,
    /// What it is called in the environment.
    pub(in crate::cli) variable: &'static str,
    /// What stands for its value in a help text.
    pub(in crate::cli) value: &'static str,
    /// What holds if nobody says otherwise; none, if that is nothing.
    pub(in crate::cli) default: Option<&'static str>,
    /// What it means.
    pub(in crate::cli) meaning: &'static str,
    /// Whether it may hold something that nobody should see.
    pub(in crate::cli) is_secret: bool,
}

/// A setting with a flag, and nothing secret about it.
const fn open(
    [key, flag, variable, value]: [&'static str; 4],
    default: Option<&'static str>,
    meaning: &'static str,
) -> Setting {
    Setting { key, flag: Some(flag), variable, value, default, meaning, is_secret: false }
}

/// Everything that can be set.
pub(in crate::cli) const SETTINGS: [Setting; 23] = [
    Setting {
        is_secret: true,
        ..open(
            ["database", "database", "CREDITDECK_DATABASE", "DATABASE"],
            None,
            "The database: sqlite:PATH, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE.",
        )
    },
    open(
        ["database_file", "database-file", "CREDITDECK_DATABASE_FILE", "FILE"],
        None,
        "A file that says which database, in place of \"database\": for a password that is handed over as a file.",
    ),
    open(
        ["listen", "listen", "CREDITDECK_LISTEN", "ADDRESS"],
        Some("127.0.0.1:8787"),
        "Where to listen; port 0 takes a free one.",
    ),
    open(
        ["public_url", "public-url", "CREDITDECK_PUBLIC_URL", "URL"],
        None,
        "Where buyers' browsers reach the service, if that is elsewhere. Without it, a service that listens on a loopback \
         address answers to no name but localhost and the like.",
    ),
    open(
        ["trusted_proxies", "trusted-proxies", "CREDITDECK_TRUSTED_PROXIES", "ADDRESSES"],
        None,
        "Proxies in front of the service, as IP addresses with commas between them: their X-Forwarded-For is believed.",
    ),
    open(
        ["metrics_listen", "metrics-listen", "CREDITDECK_METRICS_LISTEN", "ADDRESS"],
        None,
        "Where Prometheus finds /metrics. Without it, they are where the service listens if only this machine gets there, \
         and nowhere otherwise.",
    ),
    Setting {
        is_secret: true,
        ..open(
            ["webhook_url", "webhook-url", "CREDITDECK_WEBHOOK_URL", "URL"],
            None,
            "Where the vendor is told of thresholds, depletion, recovery and purchases: https://…, or http://… on this \
             machine. It needs a secret.",
        )
    },
    open(
        ["webhook_secret_file", "webhook-secret-file", "CREDITDECK_WEBHOOK_SECRET_FILE", "FILE"],
        None,
        "The file with the secret that webhooks are signed with. Two with a space between them both sign, while a receiver \
         goes from one to the other.",
    ),
    Setting {
        key: "webhook_secret",
        flag: None,
        variable: "CREDITDECK_WEBHOOK_SECRET",
        value: "SECRET",
        default: None,
        meaning: "The secret itself, in place of its file.",
        is_secret: true,
    },
    open(
        ["payments", "payments", "CREDITDECK_PAYMENTS", "none|sandbox"],
        Some("none"),
        "Who takes money for packs. Without anybody they are listed, and cannot be bought. The sandbox is for trying out: \
         whoever may buy gets credits, and no money moves.",
    ),
    open(
        ["sample", "sample", "CREDITDECK_SAMPLE", "true|false"],
        Some("false"),
        "Make the sample workspaces, keep them going, and print tokens for them.",
    ),
    open(
        ["connections", "connections", "CREDITDECK_CONNECTIONS", "NUMBER"],
        Some("10000"),
        "Most connections that are open at once; fewer, if the system does not allow as many open files. When room is \
         scarce, those that ask for nothing are closed first.",
    ),
    open(
        ["header_timeout", "header-timeout", "CREDITDECK_HEADER_TIMEOUT", "SECONDS"],
        Some("10"),
        "How long a request's head may take to come.",
    ),
    open(
        ["body_timeout", "body-timeout", "CREDITDECK_BODY_TIMEOUT", "SECONDS"],
        Some("30"),
        "How long a request may take until its body has come, too.",
    ),
    open(
        ["request_timeout", "request-timeout", "CREDITDECK_REQUEST_TIMEOUT", "SECONDS"],
        Some("120"),
        "How long a request may take until its answer is gone. The tail of a ledger may take for ever.",
    ),
    open(
        ["idle_timeout", "idle-timeout", "CREDITDECK_IDLE_TIMEOUT", "SECONDS"],
        Some("75"),
        "How long a connection stays open while nothing is asked on it.",
    ),
    open(
        ["token_rate", "token-rate", "CREDITDECK_TOKEN_RATE", "NUMBER"],
        Some("10000"),
        "How many requests a second a token may make in the long run; 0 sets no limit.",
    ),
    open(
        ["token_burst", "token-burst", "CREDITDECK_TOKEN_BURST", "NUMBER"],
        Some("20000"),
        "How many it may make at once.",
    ),
    open(
        ["failure_rate", "failure-rate", "CREDITDECK_FAILURE_RATE", "NUMBER"],
        Some("20"),
        "How many tokens or codes that nobody knows an address may show a second; 0 sets no limit. More are not looked at.",
    ),
    open(
        ["failure_burst", "failure-burst", "CREDITDECK_FAILURE_BURST", "NUMBER"],
        Some("100"),
        "How many it may show at once.",
    ),
    open(
        ["log", "log", "CREDITDECK_LOG", "FILTER"],
        Some("warn,service=info"),
        "What is logged, as RUST_LOG says it. RUST_LOG itself counts, too, where this is not in the environment.",
    ),
    open(
        ["log_format", "log-format", "CREDITDECK_LOG_FORMAT", "text|json"],
        Some("text"),
        "How it is logged: for people, or an object a line.",
    ),
    open(
        ["log_requests", "log-requests", "CREDITDECK_LOG_REQUESTS", "none|failures|all"],
        Some("failures"),
        "Which requests have a line: none, those that the service failed or that took a second or longer, or all. All of \
         30,000 a second are more than anybody reads: /metrics counts them.",
    ),
];

/// The setting with this key.
pub(super) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_follows_from_the_key() {
        for setting in &SETTINGS {
            assert_eq!(setting.variable, format!("CREDITDECK_{}", setting.key.to_uppercase()));
            assert!(setting.flag.is_none_or(|flag| flag == setting.key.replace('_', "-")), "{}", setting.key);
            assert_eq!(SETTINGS.iter().filter(|one| one.key == setting.key).count(), 1);
        }
    }
}
