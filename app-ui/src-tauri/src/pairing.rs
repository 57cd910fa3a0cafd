//! Pairing at the start, for demos and for whoever sets up many tablets. Where it fails, the screen that
//! asks for a code comes as always.

use app_core::Tablet;
use domain::{
    bridge::{Enrol, GetStatus},
    rejection::Rejection,
};

/// What the command line or the environment says about the pairing.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Pairing {
    /// Pairs a tablet that is not paired with this server
    #[arg(long, value_name = "URL", env = "STOCKHAND_SERVER", requires = "pair")]
    server: Option<String>,
    /// The pairing code from the console
    #[arg(
        long,
        value_name = "CODE",
        env = "STOCKHAND_PAIR",
        hide_env_values = true,
        requires = "server"
    )]
    pair: Option<String>,
    /// What people call this tablet
    #[arg(long, default_value = "Tablet")]
    name: String,
}

impl Pairing {
    /// Pairs the tablet where that was asked for and is not done yet.
    ///
    /// # Errors
    /// The refusal that a person reads; the tablet can be used all the same.
    pub async fn settle(&self, tablet: &Tablet) -> Result<(), Rejection> {
        let (Some(url), Some(code)) = (self.server.clone(), self.pair.clone()) else {
            return Ok(());
        };
        if tablet.call(GetStatus {}).await?.enrolled.is_none() {
            tablet.enrol(Enrol { url, code, name: self.name.clone() }).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        pairing: Pairing,
    }

    fn pairing(words: &[&str]) -> Option<Pairing> {
        let all = ["app-shell"].iter().chain(words);
        Line::try_parse_from(all).ok().map(|line| line.pairing)
    }

    #[test]
    fn a_server_and_a_code_come_together_or_not_at_all() {
        let none = pairing(&[]).expect("as always");
        assert_eq!((none.server, none.pair), (None, None));
        assert_eq!(pairing(&["--server", "http://server.test"]), None);
        assert_eq!(pairing(&["--pair", "ABCD-EFGH"]), None);
        let both = pairing(&["--server", "http://server.test", "--pair", "ABCD-EFGH"]);
        let both = both.expect("complete");
        assert_eq!((both.pair.as_deref(), both.name.as_str()), (Some("ABCD-EFGH"), "Tablet"));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_leaves_a_tablet_that_can_be_paired() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tablet = crate::shell::open(dir.path()).await.expect("nobody has it");
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", nobody.local_addr().expect("bound"));
        drop(nobody);
        let pairing = pairing(&["--server", &url, "--pair", "ABCD-EFGH"]).expect("complete");
        let said = pairing.settle(&tablet).await;
        assert!(matches!(said, Err(Rejection::Server { .. })), "{said:?}");
        assert_eq!(tablet.call(GetStatus {}).await.expect("it works").enrolled, None);
    }
}
