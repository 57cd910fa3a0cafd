//! A real window or a real browser, driven by WebDriver; what it shows is kept under `target/screens`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use demo_network::rows::AssociateRow;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::{memory, program::program};

/// Longer than any page takes on a busy machine.
const WAIT: Duration = Duration::from_secs(30);

/// A driver with its display, and the one window that it drives.
pub struct Screen {
    pub client: Client,
    folder: &'static str,
    driver: Process,
    _display: Option<Process>,
}

/// Ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Screen {
    /// The associate's window on a tablet's folder, on a display of its own.
    pub async fn window(tablet: &Path) -> Self {
        let (display, name) = display();
        let port = free_port();
        let driver = Command::new("dbus-run-session")
            .args(["--", "WebKitWebDriver", &format!("--port={port}")])
            .env("DISPLAY", name)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed: ./dev setup all");
        let binary = program("app-shell");
        let arguments = ["--data".into(), tablet.to_owned()];
        let options =
            json!({ "webkitgtk:browserOptions": { "binary": binary, "args": arguments } });
        Self::begin(port, options, Process(driver), Some(display), "app").await
    }

    /// A browser without a display.
    pub async fn browser() -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: ./dev setup all");
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"];
        let options = json!({ "goog:chromeOptions": { "args": arguments } });
        Self::begin(port, options, Process(driver), None, "console").await
    }

    async fn begin(
        port: u16,
        options: Value,
        driver: Process,
        display: Option<Process>,
        folder: &'static str,
    ) -> Self {
        let options: Map<String, Value> = options.as_object().expect("an object").clone();
        let url = format!("http://127.0.0.1:{port}");
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(WAIT, listens).await.expect("the driver listens");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(options).connect(&url).await.expect("a session");
        Self { client, folder, driver, _display: display }
    }

    /// Waits until something of this `data-test` is there.
    pub async fn sees(&self, test: &str) -> fantoccini::elements::Element {
        self.sees_css(&format!("[data-test='{test}']")).await
    }

    /// Waits until something that the selector names is there.
    pub async fn sees_css(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(WAIT).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.keep("failed").await;
                panic!("{css} is not on the screen: {error}")
            }
        }
    }

    /// Waits until what the selector names can be read to say the words: what fades in has no text for
    /// WebDriver before its first frame.
    pub async fn reads(&self, css: &str, words: &str) {
        let element = self.sees_css(css).await;
        let said = async {
            while !element.text().await.expect("still there").contains(words) {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(WAIT, said).await.is_err() {
            self.keep("failed").await;
            panic!("{css} does not say {words}: {:?}", element.text().await);
        }
    }

    pub async fn click(&self, test: &str) {
        self.sees(test).await.click().await.unwrap_or_else(|error| panic!("{test}: {error}"));
    }

    pub async fn fill(&self, test: &str, text: &str) {
        self.sees(test).await.send_keys(text).await.unwrap_or_else(|e| panic!("{test}: {e}"));
    }

    /// Chooses a person of the sign-in screen.
    pub async fn choose(&self, person: &AssociateRow) {
        self.click(&format!("person-{}", person.id)).await;
    }

    /// Types the chosen person's PIN, and waits for the queue.
    pub async fn enter_pin(&self, person: &AssociateRow) {
        for digit in person.pin.chars() {
            self.click(&format!("pin-{digit}")).await;
        }
        self.click("pin-enter").await;
        self.sees("queue").await;
    }

    /// The process of the program that is shown, where it is ours.
    pub fn process(&self) -> Option<u32> {
        memory::descendant(self.driver.0.id(), "app-shell")
    }

    /// Keystrokes at a scanner's pace, to whatever has the focus. The hand needs a moment to aim: the
    /// app takes the same code at once again for the scanner's echo.
    pub async fn scan(&self, text: &str) {
        let aim = KeyAction::Pause { duration: Duration::from_millis(400) };
        let aimed = KeyActions::new("scanner".into()).then(aim);
        let press = |keys: KeyActions, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        };
        let keys = text.chars().chain(['\u{e007}']).fold(aimed, press);
        self.client.perform_actions(keys).await.expect("the keys are typed");
    }

    /// Keeps a picture of what is shown.
    pub async fn keep(&self, name: &str) {
        let picture = self.client.screenshot().await.expect("a picture");
        let folder = screens().join(self.folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("written");
    }
}

fn screens() -> PathBuf {
    let own = std::env::current_exe().expect("this program has a path");
    own.ancestors().nth(3).expect("target/PROFILE/deps/program").join("screens")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// A display in memory, and its name.
fn display() -> (Process, String) {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is installed: ./dev setup all");
    let mut line = String::new();
    let out = child.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut line).expect("Xvfb names its display");
    (Process(child), format!(":{}", line.trim()))
}
