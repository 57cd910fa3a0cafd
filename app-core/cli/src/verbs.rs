//! Each verb as calls of the tablet. Nothing is decided here.

use app_core::Tablet;
use domain::bridge::{
    Act, Action, Done, Enrol, Feedback, Find, GetInbox, GetPeople, GetQueue, GetStatus, GetWork,
    SignIn, SignOut, SyncNow,
};

use crate::{
    arguments::Verb,
    outbox, printing,
    said::{Failed, Said},
    which::Which,
    words,
};

/// Does what was asked.
///
/// # Errors
/// [`Failed`].
pub async fn answer(tablet: &Tablet, verb: Verb) -> Result<Said, Failed> {
    Ok(match verb {
        Verb::Enrol { url, code, name } => {
            Said::new(&tablet.enrol(Enrol { url, code, name }).await?, words::status)
        }
        Verb::Status => Said::new(&tablet.call(GetStatus {}).await?, words::status),
        Verb::People => Said::new(&tablet.call(GetPeople {}).await?, |p| words::people(p)),
        Verb::SignIn { associate, pin } => {
            Said::new(&tablet.call(SignIn { associate, pin }).await?, words::status)
        }
        Verb::SignOut => Said::new(&tablet.call(SignOut {}).await?, words::status),
        Verb::Queue => Said::new(&tablet.call(GetQueue {}).await?, words::queue),
        Verb::Work { which } => {
            let fulfillment = which.find(tablet).await?;
            Said::new(&tablet.call(GetWork { fulfillment }).await?, words::work)
        }
        Verb::Find { text } => Said::new(&tablet.call(Find { text }).await?, words::found),
        Verb::Scan { which, text, typed } => {
            act(tablet, &which, Action::Scan { text, typed }).await?
        }
        Verb::Act { which, action } => act(tablet, &which, action).await?,
        Verb::Inbox => Said::new(&tablet.call(GetInbox {}).await?, |i| words::inbox(i)),
        Verb::Sync => sync(tablet).await?,
        Verb::Printer(verb) => printing::printer(tablet, verb).await?,
        Verb::Print { which, package } => printing::print(tablet, which, &package).await?,
        Verb::Label { which, package, out, format, dpi } => {
            let label = printing::Label { package, out, format, dpi };
            label.write(tablet, &which).await?
        }
        Verb::Stats => outbox::stats(tablet).await?,
        Verb::Export => outbox::export(tablet).await?,
        Verb::Call { name, arguments } => {
            Said::new(&tablet.call_json(&name, arguments).await?, words::json)
        }
        Verb::Run | Verb::Repl { .. } => unreachable!("they answer more than once"),
    })
}

async fn act(tablet: &Tablet, which: &Which, action: Action) -> Result<Said, Failed> {
    let fulfillment = which.find(tablet).await?;
    let done = tablet.call(Act { fulfillment, action }).await?;
    Ok(Said::new(&accepted(done)?, words::done))
}

/// What was refused with its sound on a screen is a refusal here.
pub fn accepted(done: Done) -> Result<Done, Failed> {
    match done.feedback {
        Feedback::Refused { rejection, .. } => Err(rejection.into()),
        Feedback::Accepted { .. } | Feedback::Attention { .. } => Ok(done),
    }
}

/// A try that did not reach the server is a failure here: nobody looks at a sync bar.
async fn sync(tablet: &Tablet) -> Result<Said, Failed> {
    let status = tablet.sync_now(SyncNow {}).await?;
    if status.sync.online {
        return Ok(Said::new(&status, words::status));
    }
    let waiting = status.sync.waiting;
    let alarm = status.sync.alarm.map(|alarm| format!(" {alarm}")).unwrap_or_default();
    Err(Failed::Broken(format!("The server did not answer; changes that wait: {waiting}.{alarm}")))
}
