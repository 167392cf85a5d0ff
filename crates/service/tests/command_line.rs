//! The command line: what each command prints, and one clear line when it cannot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

#[path = "command_line/output.rs"]
mod output;
#[path = "command_line/passwords.rs"]
mod passwords;

struct Done {
    status: Option<i32>,
    out: String,
    error: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creditdeck-service"));
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Done {
    let output = command(arguments).output().unwrap();
    Done {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One clear line, and the status.
#[track_caller]
fn refused(arguments: &[&str], status: i32, message: &str) {
    let done = run(arguments);
    assert_eq!((done.status, done.out.as_str()), (Some(status), ""), "{}", done.error);
    assert!(done.error.starts_with("error: ") && done.error.lines().count() == 1, "{}", done.error);
    assert!(done.error.contains(message), "{}\n  does not say\n{message}", done.error);
}

fn samples(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(file).to_str().unwrap().to_owned()
}

#[allow(clippy::zombie_processes, reason = "the caller waits for it")]
/// Starts the service and gives the address that it prints.
fn serve(database: &str, more: &[&str]) -> (Child, String, Vec<String>) {
    let mut child = command(&["serve", "--database", database, "--listen", "127.0.0.1:0"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(address) = line.strip_prefix("listening on http://") {
            return (child, address.to_owned(), lines);
        }
        lines.push(line);
    }
    panic!("it does not say where it listens: {lines:?}");
}

/// A request without anybody's HTTP client.
fn get(address: &str, path: &str, token: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_workspace_is_set_up_served_and_reached_with_a_token_that_is_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credits.db");
    let database = format!("sqlite:{}", file.display());
    let create = ["workspace", "create", "--database", &database, "--id", "acme", "--name", "Acme Support"];
    let with = |more: &[&'static str]| [&create[..], more].concat();
    let done = run(&with(&["--catalogue", "b", "--time-zone", "Europe/Berlin"]));
    assert_eq!(
        (done.status, done.out.as_str()),
        (Some(0), "workspace acme: Acme Support on VersanaCX, Europe/Berlin\n")
    );
    refused(
        &with(&["--catalogue", "a"]),
        1,
        "workspace \"acme\" is there already, with another name, time zone or catalogue",
    );
    refused(&with(&["--catalogue", "b", "--time-zone", "Berlin"]), 2, "\"Berlin\" is not an IANA time zone");
    refused(&with(&["--catalogue", "none.toml"]), 2, "none.toml: No such file");

    let token = |workspace: &str, role: &str| {
        run(&["token", "create", "--database", &database, "--workspace", workspace, "--role", role, "--name", "me"])
    };
    let owner = token("acme", "owner");
    let text = owner.out.trim();
    assert!(text.starts_with("cdk_") && text.len() == 68, "{text}");
    assert_ne!(token("acme", "owner").out, owner.out);
    let stored = std::fs::read(&file).unwrap();
    assert!(!stored.windows(text.len()).any(|window| window == text.as_bytes()), "the token is stored");
    let nobody = token("nobody", "owner");
    assert_eq!((nobody.status, nobody.error.as_str()), (Some(1), "error: there is no workspace \"nobody\"\n"));

    for (more, are_on, word) in [
        (&[][..], false, "payments are off: packs are listed, and cannot be bought\n"),
        (&["--payments", "sandbox"], true, "payments are the sandbox's: test payments, no money moves\n"),
    ] {
        let (mut child, address, _) = serve(&database, more);
        let answer = get(&address, "/v1/workspaces", text);
        let page = get(&address, "/sandbox/checkout/none", "");
        child.kill().unwrap();
        let said = child.wait_with_output().unwrap().stderr;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"id\":\"acme\""), "{answer}");
        assert_eq!(page.contains("text/html"), are_on, "{page}");
        assert_eq!(String::from_utf8_lossy(&said), word);
    }
}

#[test]
fn a_sample_is_served_with_tokens_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("credits.db").display());
    let (mut child, address, lines) = serve(&database, &["--sample"]);
    let token = |role| lines.iter().find_map(|line| line.strip_prefix(role)?.strip_prefix(" token: ")).unwrap();
    for role in ["owner", "member", "meter"] {
        let listed = get(&address, "/v1/workspaces", token(role));
        let shown = format!("\"role\":\"{role}\"");
        assert_eq!(listed.matches(&shown).count(), 2, "{role} of both samples: {listed}");
    }
    let token = token("member");
    assert!(get(&address, "/v1/workspaces/northwind/balance", token).contains("\"allowance_size\":3000"));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_import_says_where_the_ledger_ends_and_a_broken_one_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let database = format!("sqlite:{}", path("credits.db"));
    let recipe = samples("harbour.toml");
    let cut = path("cut.csv");
    std::fs::write(&cut, "ts,member,area\n1700000000,m1,code\n1700000000,m1").unwrap();
    refused(
        &["import", "--database", &database, &recipe, "--trace", &cut],
        2,
        "the trace, line 3: has 2 columns and the header 3",
    );
    refused(&["import", "--database", &database, "--sample", "nobody"], 2, "there is no sample \"nobody\"");
    refused(&["import", "--database", &database, &path("none.toml")], 2, "none.toml: No such file");
    assert!(!Path::new(&path("credits.db")).exists(), "nothing was made");

    let until = ["--until", "2026-11-22T15:00:00Z"];
    let import = |more: &[&str]| run(&[&["import", "--database", &database][..], more, &until].concat());
    let done = import(&["--workspace", "one", "--sample", "harbour"]);
    assert_eq!(done.status, Some(0), "{}", done.error);
    assert!(done.out.starts_with("one: ") && done.out.contains(" entries added, the last is "), "{}", done.out);
    let hash = |done: &Done| done.out.rsplit(' ').next().unwrap().trim().to_owned();
    let file = import(&["--workspace", "two", &recipe]);
    assert_eq!((hash(&file), hash(&done).len()), (hash(&done), 64), "a file and what ships are the same");
    assert!(import(&["--workspace", "one", "--sample", "harbour"]).out.starts_with("one: 0 entries added"));
    refused(
        &["import", "--database", &database, "--workspace", "one", "--sample", "northwind"],
        2,
        "workspace \"one\" was begun with another recipe or trace",
    );

    // A trace of another form with the same recipe.
    let chat = path("chat.csv");
    std::fs::write(&chat, "ts,channel,user,msg_chars\n1100480400,ubuntu,1,2\n1100480460,ubuntu,2,27\n").unwrap();
    let done = import(&["--workspace", "three", &recipe, "--trace", &chat]);
    assert!(done.out.starts_with("three: 3 entries added"), "{}{}", done.out, done.error);
}

#[test]
fn a_catalogue_is_looked_over() {
    assert_eq!(
        run(&["catalogue", "check", "b"]).out,
        "VersanaCX revision 1: 5 features, 3 unmetered actions, 4 plans, 4 packs; 9 numbers are assumed\n"
    );
    assert_eq!(run(&["catalogue", "schema"]).out, include_str!("../../../catalogues/catalogue.schema.json"));

    let template = include_str!("../../../catalogues/template.toml");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let line_of = |text: &str| template[..template.find(text).unwrap()].matches('\n').count() + 1;

    std::fs::write(folder.path().join("binary.toml"), b"schema = 1\n\xff\xfe").unwrap();
    let binary = folder.path().join("binary.toml").to_str().unwrap().to_owned();
    refused(&["catalogue", "check", &binary], 2, "binary.toml: line 2: is not UTF-8");

    let wrong = template.replacen("rate = 1", "rate = -1", 1).replacen("price = 5900", "price = \"free\"", 1);
    let wrong = file("wrong.toml", &wrong);
    let done = run(&["catalogue", "check", &wrong]);
    assert_eq!((done.status, done.out.as_str()), (Some(2), ""));
    let (rate, price) = (line_of("rate = 1"), line_of("price = 5900"));
    assert_eq!(
        done.error,
        format!(
            "{wrong}:{rate}:8: error: feature[0].rate: is -1, and has to be a whole number from 0 to 1000000\n\
             {wrong}:{price}:9: error: plan[1].price: is \"free\", and has to be a whole number from 0 to 9007199254740991 or \
             \"custom\"\n\
             error: 2 mistakes: see above. More may show when they are mended\n"
        )
    );

    // One that cannot be read, or is wrong, keeps no other from being looked at.
    let done = run(&["catalogue", "check", "none.toml", "a", &binary, &wrong, "none.json"]);
    assert_eq!(done.status, Some(2));
    assert!(done.out.starts_with("AI Employee revision 1: ") && done.out.lines().count() == 1, "{}", done.out);
    let lines: Vec<&str> = done.error.lines().collect();
    assert_eq!(lines.len(), 6, "{}", done.error);
    assert!(lines[0].starts_with("error: none.toml: No such file"), "{}", lines[0]);
    assert_eq!(lines[1], format!("error: {binary}: line 2: is not UTF-8"));
    assert!(lines[2].starts_with(&wrong) && lines[3].starts_with(&wrong));
    assert!(lines[4].starts_with("error: none.json: No such file"), "{}", lines[4]);
    assert_eq!(lines[5], "error: 5 mistakes: see above. More may show when they are mended");
    let one = file("one.toml", &template.replacen("rate = 1", "rate = -1", 1));
    let done = run(&["catalogue", "check", &one]);
    assert!(
        done.error.ends_with("\nerror: one mistake: see above. More may show when it is mended\n"),
        "{}",
        done.error
    );

    let plans = "[[plan]]\nid = 1\nname = \"x\"\nprice = 1\nallowance = 1\n".repeat(1_042);
    let done = run(&["catalogue", "check", &file("many.toml", &format!("{template}{plans}"))]);
    assert_eq!(done.error.lines().count(), 1_001);
    let last = "\nerror: 1042 mistakes: 1000 of them are above. More may show when they are mended\n";
    assert!(done.error.ends_with(last), "{}", done.error);

    // Nothing that a terminal would obey is printed, neither quoted nor in a summary.
    let name = "name = \"\\u001B]0;owned\\u0007\"";
    let odd = template.replacen("name = \"My Product\"", name, 1).replacen("\"USD\"", "\"\\u001b[2J\"", 1);
    let odd = file("odd.toml", &odd);
    let done = run(&["catalogue", "check", &odd]);
    assert_eq!((done.status, done.out.as_str()), (Some(2), ""));
    assert!(
        done.error.contains(":11:8: error: name: has a control character in it (U+001B): take it out\n"),
        "{}",
        done.error
    );
    assert!(done.error.chars().all(|letter| letter == '\n' || !letter.is_control()), "{:?}", done.error);

    // Nothing but a plan without AI: nobody can use anything, and it is a catalogue all the same.
    let (before, rest) = template.split_once("[trial]").unwrap();
    let (features, rest) =
        rest.split_once("[[plan]]").map(|(head, rest)| (head.split_once("[[feature]]").unwrap().1, rest)).unwrap();
    let idle = format!("{before}[[feature]]{features}[[plan]]{}", rest.split_once("[[plan]]").unwrap().0);
    let idle = file("idle.toml", &idle);
    let done = run(&["catalogue", "check", &idle]);
    assert_eq!(done.status, Some(0), "{}", done.error);
    let warnings: Vec<&str> = done.error.lines().collect();
    assert!(warnings.len() >= 2 && warnings.iter().all(|line| line.starts_with(&idle) && line.contains(": warning: ")));
    assert!(done.error.contains("can never be used: no plan includes AI, and there is no trial"), "{}", done.error);

    // Revisions.
    let next = |from: &str| template.replacen("revision = 1", &format!("revision = 2\n{from}"), 1);
    let (first, second) = (file("1.toml", template), file("2.toml", &next("counts_from = 2026-03-01T00:00:00Z")));
    let done = run(&["catalogue", "check", &first, &second]);
    assert_eq!(done.status, Some(0), "{}", done.error);
    assert!(done.out.contains("My Product revision 2 from 2026-03-01T00:00:00Z: "), "{}", done.out);
    let undated = file("3.toml", &next(""));
    let done = run(&["catalogue", "check", &first, &undated]);
    assert_eq!(done.status, Some(2));
    assert_eq!(
        done.error,
        format!(
            "{undated}:1:1: error: counts_from: is missing in revision 2: say from when it counts\n\
             error: one mistake: see above\n"
        )
    );
    let third = |from: &str| template.replacen("revision = 1", &format!("revision = 3\ncounts_from = {from}"), 1);
    let third = third("2026-02-01T00:00:00Z").replacen("\"USD\"", "\"EUR\"", 1);
    let third = file("5.toml", &third.replacen("refresh = \"calendar_month\"", "refresh = \"billing_cycle\"", 1));
    let done = run(&["catalogue", "check", &third, &first, &undated, &second]);
    assert_eq!(done.status, Some(2));
    let number = line_of("revision = 1");
    let expected = [
        format!("{third}:{}:12: error: currency: is EUR, and USD in revision 2: ", line_of("currency") + 1),
        format!("{third}:{}:15: error: counts_from: revision 3 counts from 2026-02-01T00:00:00Z, ", number + 1),
        format!("{third}:{}:11: warning: refresh: is billing_cycle, and calendar_month in ", line_of("refresh =") + 1),
        format!("{undated}:1:1: error: counts_from: is missing in revision 2"),
        format!("{second}:{number}:12: error: revision: 2 is there twice"),
        "error: 4 mistakes: see above".to_owned(),
    ];
    let lines: Vec<&str> = done.error.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{}", done.error);
    for (line, expected) in lines.iter().zip(&expected) {
        assert!(line.starts_with(expected), "{line}\n  does not begin with\n{expected}");
    }

    // Alone it may be the first that anybody keeps, or one that is to be added.
    let done = run(&["catalogue", "check", &undated]);
    let message = "counts_from: is missing: without it, revision 2 cannot be added to an earlier one";
    assert_eq!((done.status, done.error.as_str()), (Some(0), &*format!("{undated}:1:1: warning: {message}\n")));
    assert_eq!(run(&["catalogue", "check", &second]).error, "");
    // The first counts since ever, whatever it says.
    let dated = template.replacen("revision = 1", "revision = 1\ncounts_from = 2028-01-01T00:00:00Z", 1);
    let dated = file("6.toml", &dated);
    let done = run(&["catalogue", "check", &dated]);
    assert!(done.out.starts_with("My Product revision 1: "), "{}", done.out);
    let place = format!("{dated}:{}:15: warning: counts_from: changes nothing: ", number + 1);
    assert!(done.error.starts_with(&place), "{}", done.error);
    let last = template.replacen("revision = 1", "revision = 4\ncounts_from = 2028-01-01T00:00:00Z", 1);
    let last = file("7.toml", &last);
    let done = run(&["catalogue", "check", &second, &last]);
    let is = |line: &str, head: &str| assert!(line.starts_with(head), "{line}");
    is(done.out.lines().next().unwrap(), "My Product revision 2: ");
    is(done.out.lines().nth(1).unwrap(), "My Product revision 4 from 2028-01-01T00:00:00Z: ");
    // One of each is one.
    assert!(
        done.out.ends_with("2 features, 1 unmetered action, 3 plans, 1 pack; 0 numbers are assumed\n"),
        "{}",
        done.out
    );

    let database = format!("sqlite:{}", folder.path().join("x.db").display());
    let create = ["workspace", "create", "--database", &database, "--id", "w", "--name", "W", "--catalogue", &first];
    assert_eq!(run(&create).status, Some(0));
    refused(&["catalogue", "add", "--database", &database, &second], 1, "2026-03-01T00:00:00Z, which has passed");
    let third = file("4.toml", &next("counts_from = 9000-03-01T00:00:00Z"));
    let add = |path: &str| run(&["catalogue", "add", "--database", &database, path]);
    let done = add(&third);
    assert!(done.out.starts_with("My Product revision 2 from 9000-03-01T00:00:00Z: "), "{}", done.error);
    assert_eq!(done.error, "");

    // What changes less than it seems to is told of what is added, too, and again when it is there already.
    let fourth = template.replacen("revision = 1", "revision = 3\ncounts_from = 9001-03-01T00:00:00Z", 1);
    let fourth = fourth.replacen("refresh = \"calendar_month\"", "refresh = \"billing_cycle\"", 1);
    let fourth = file("8.toml", &fourth.replacen("credits = 1000", "credits = 0", 1));
    for _ in 0..2 {
        let done = add(&fourth);
        assert!(done.out.starts_with("My Product revision 3 from 9001-03-01T00:00:00Z: "), "{}", done.error);
        let lines: Vec<&str> = done.error.lines().collect();
        assert!(
            lines.len() == 2
                && lines[0].starts_with(&format!("{fourth}:"))
                && lines[0].contains(" warning: pack[0].credits: brings no credits")
                && lines[1].starts_with(&format!("{fourth}:{}:11: warning: refresh: is ", line_of("refresh =") + 1)),
            "{}",
            done.error
        );
    }
    // Every mistake is told, not only the first.
    let wrong =
        file("9.toml", &template.replacen("id = \"my-product\"", "id = \"\"", 1).replacen("rate = ", "rate = -", 1));
    let done = add(&wrong);
    assert_eq!((done.status, done.out.as_str()), (Some(2), ""));
    let lines: Vec<&str> = done.error.lines().collect();
    assert!(lines.len() == 3 && lines[..2].iter().all(|line| line.contains(": error: ")), "{}", done.error);
    assert_eq!(lines[2], "error: 2 mistakes: see above. More may show when they are mended");
}

#[test]
fn a_ledger_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("x.db").display());
    let until = "2026-04-10T00:00:00Z";
    let import = ["import", "--database", &database, "--workspace", "w", "--sample", "harbour", "--until", until];
    let done = run(&import);
    assert_eq!(done.status, Some(0), "{}", done.error);
    let (head, count) = (done.out.rsplit_once(' ').unwrap().1.trim().to_owned(), done.out.split(' ').nth(1).unwrap());
    let token = ["token", "create", "--database", &database, "--workspace", "w", "--role", "owner", "--name", "n"];
    let token = run(&token).out.trim().to_owned();
    let (mut child, address, _) = serve(&database, &[]);
    let mut ledger = String::new();
    for after in (0..count.parse::<u64>().unwrap()).step_by(1_000) {
        let page = get(&address, &format!("/v1/workspaces/w/ledger?after={after}&limit=1000"), &token);
        ledger += page.split_once("\r\n\r\n").unwrap().1;
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let file = folder.path().join("ledger.ndjson");
    let path = file.to_str().unwrap().to_owned();
    let recipe: toml::Table = std::fs::read_to_string(samples("harbour.toml")).unwrap().parse().unwrap();
    let (catalogue, zone) = (recipe["catalogue"].as_str().unwrap(), recipe["time_zone"].as_str().unwrap());
    let verify = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&["verify", &path, "--catalogue", catalogue, "--time-zone", zone])
    };
    let done = verify(&ledger);
    assert_eq!(done.status, Some(0), "{}{}", done.out, done.error);
    assert_eq!(done.out, format!("{count} entries: each follows from the rules, and the last has hash {head}\n"));

    let at = ledger.rfind("\"cost\":").unwrap() + "\"cost\":".len();
    let mut altered = ledger.clone();
    altered.insert(at, '9');
    let seq = ledger[..at].matches('\n').count() + 1;
    let done = verify(&altered);
    assert_eq!(done.status, Some(1), "{}", done.out);
    assert!(done.out.contains(&format!("entry {seq}: chain: its hash is ")), "{}", done.out);
    assert!(done.out.contains(&format!("entry {seq}: rate: it costs 9")), "{}", done.out);
    assert!(done.error.starts_with("error: ") && done.error.contains(" findings in "), "{}", done.error);

    // A file that was not written, or not whole, or not as it was sent.
    let done = verify("");
    assert_eq!((done.status, done.out.as_str()), (Some(2), ""));
    assert!(done.error.ends_with("ledger.ndjson: there is no entry in it\n"), "{}", done.error);
    let done = verify("[]");
    assert_eq!(done.status, Some(2));
    assert!(done.error.contains("ledger.ndjson is a JSON array"), "{}", done.error);
    let second_page: String = ledger.split_inclusive('\n').skip(1_000).collect();
    let done = verify(&second_page);
    assert_eq!((done.status, done.out.lines().count()), (Some(1), 1), "{}", done.out);
    assert!(done.out.starts_with("entry 1001 (line 1): order: the ledger begins with it"), "{}", done.out);
    assert!(done.error.contains(": 1 finding in "), "{}", done.error);
    // Of another catalogue: most of it is wrong, and nothing is altered.
    std::fs::write(&file, &ledger).unwrap();
    let other = if catalogue == "a" { "b" } else { "a" };
    let done = run(&["verify", &path, "--catalogue", other, "--time-zone", zone]);
    assert_eq!(done.status, Some(1));
    let last = done.out.lines().last().unwrap_or_default();
    assert!(done.out.lines().count() == 1_001 && last.starts_with("… and ") && last.ends_with(" more"), "{last}");
    assert!(done.error.contains("see first whether --catalogue and --time-zone are those"), "{}", done.error);
    // Of a short ledger one entry is a large part, and where it is missing nothing is whole.
    let short: String = ledger.split_inclusive('\n').take(4).collect();
    assert_eq!(verify(&short).status, Some(0));
    let gone: String =
        short.split_inclusive('\n').enumerate().filter(|(at, _)| *at != 2).map(|(_, line)| line).collect();
    let done = verify(&gone);
    assert!(done.error.ends_with(": 1 finding in 3 entries\n"), "{}{}", done.out, done.error);
    // A pipe can be read but once.
    let mut piped = Command::new(env!("CARGO_BIN_EXE_creditdeck-service"))
        .args(["verify", "/dev/stdin", "--catalogue", catalogue, "--time-zone", zone])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = piped.stdin.take().unwrap();
    input.write_all(ledger.as_bytes()).unwrap();
    drop(input);
    let done = piped.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));

    refused(&["verify", "none.ndjson", "--catalogue", "a"], 2, "none.ndjson: No such file");
    refused(&["verify", &path, "--catalogue", "a", "--time-zone", "Mars"], 2, "\"Mars\" is not an IANA time zone");
    assert_eq!(run(&["verify", &path]).status, Some(2));
}

#[test]
fn what_is_wrong_with_the_arguments_is_said_with_status_2() {
    refused(&["catalogue", "check", "none.toml"], 2, "none.toml: No such file");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    std::fs::write(&file, "not a database, and rather long at that, so that nobody takes it for one").unwrap();
    let database = format!("sqlite:{}", file.display());
    refused(&["serve", "--database", &database, "--listen", "127.0.0.1:0"], 1, "x.db: is not a database");
    for arguments in [
        &["serve", "--database", "postgres:///x"][..],
        &["serve"],
        &["token", "create", "--database", "sqlite:x.db", "--workspace", "a/b", "--role", "owner", "--name", "n"],
        &["token", "create", "--database", "sqlite:x.db", "--workspace", "a", "--role", "king", "--name", "n"],
        &["import", "--database", "sqlite:x.db", "--sample", "northwind", "--until", "noon"],
        &["dance"],
    ] {
        assert_eq!(run(arguments).status, Some(2), "{arguments:?}");
    }
}

#[test]
fn webhooks_need_an_address_and_a_secret_that_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let made = [(); 2].map(|()| run(&["webhook", "secret"]));
    assert!(made.iter().all(|one| one.status == Some(0) && one.out.starts_with("whsec_") && one.error.is_empty()));
    assert_ne!(made[0].out, made[1].out);
    std::fs::write(path("secret"), &made[0].out).unwrap();
    std::fs::write(path("wrong"), "whsec_AAAA").unwrap();
    let database = path("credits.db");
    let refused_with = |more: &[&str], message: &str| {
        refused(&[&["serve", "--database", &database, "--listen", "127.0.0.1:0"], more].concat(), 2, message);
    };
    let (secret, wrong, missing) = (path("secret"), path("wrong"), path("missing"));
    refused_with(&["--webhook-url", "https://vendor.example"], "CREDITDECK_WEBHOOK_SECRET");
    refused_with(&["--webhook-secret-file", &secret], "without --webhook-url");
    refused_with(&["--webhook-url", "http://vendor.example", "--webhook-secret-file", &secret], "https://");
    refused_with(&["--webhook-url", "https://vendor.example", "--webhook-secret-file", &missing], "missing");
    refused_with(&["--webhook-url", "https://vendor.example", "--webhook-secret-file", &wrong], "24 to 64 bytes");
    assert!(!std::path::Path::new(&database).exists(), "nothing was made");
    let more = ["--webhook-url", "https://vendor.example/hooks", "--webhook-secret-file", &secret];
    let (mut child, address, _) = serve(&database, &more);
    assert!(get(&address, "/healthz", "").starts_with("HTTP/1.1 200"));
    child.kill().unwrap();
    child.wait().unwrap();
}
