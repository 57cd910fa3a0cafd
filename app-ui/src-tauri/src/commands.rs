//! What the screens may ask of the shell, one line a command.
//!
//! Decides nothing: each command hands its arguments on and its answer back.

use domain::{
    bridge::{
        Act, Call, Enrol, Find, GetInbox, GetPeople, GetPrinting, GetQueue, GetStatus, GetWork,
        PreviewLabel, SetPrinter, SettlePrint, SignIn, SignOut, SyncNow,
    },
    rejection::Rejection,
};
use tauri::{State, ipc::Invoke};

use crate::shell::Shell;

macro_rules! commands {
    ($($name:ident: $call:ident by $answer:ident;)*) => {
        $(
            #[tauri::command]
            pub async fn $name(
                shell: State<'_, Shell>,
                call: $call,
            ) -> Result<<$call as Call>::Reply, Rejection> {
                shell.tablet().await?.$answer(call).await
            }
        )*

        /// Answers every command of the table.
        pub fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }

        /// The names in the table, each with the name of its call.
        #[cfg(test)]
        const HANDLED: &[(&str, &str)] = &[$((stringify!($name), $call::NAME)),*];
    };
}

commands! {
    status: GetStatus by call;
    enrol: Enrol by enrol;
    people: GetPeople by call;
    sign_in: SignIn by call;
    sign_out: SignOut by call;
    queue: GetQueue by call;
    work: GetWork by call;
    find: Find by call;
    act: Act by call;
    inbox: GetInbox by call;
    printing: GetPrinting by call;
    set_printer: SetPrinter by call;
    settle_print: SettlePrint by call;
    preview_label: PreviewLabel by call;
    sync_now: SyncNow by sync_now;
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bridge::CALLS;

    #[test]
    fn every_call_of_a_screen_has_its_command_and_no_other_is_there() {
        for (command, call) in HANDLED {
            assert_eq!(command, call, "the screens ask by the call's name");
        }
        let mut handled: Vec<&str> = HANDLED.iter().map(|(command, _)| *command).collect();
        let mut calls = CALLS.to_vec();
        handled.sort_unstable();
        calls.sort_unstable();
        assert_eq!(handled, calls);
    }
}
