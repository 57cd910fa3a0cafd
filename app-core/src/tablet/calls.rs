//! Every call of a screen and what answers it, in one table.

use domain::{
    bridge::{
        Act, Call, Enrol, Find, GetInbox, GetPeople, GetPrinting, GetQueue, GetStatus, GetWork,
        PreviewLabel, SetPrinter, SettlePrint, SignIn, SignOut, SyncNow,
    },
    clock::TimeMs,
    rejection::Rejection,
};
use serde_json::Value;

use super::{Tablet, name_of};
use crate::{Answer, Engine};

/// A call that the engine alone answers.
pub trait Answered: Call {
    /// The answer.
    ///
    /// # Errors
    /// [`crate::Failure`].
    fn answer(self, engine: &mut Engine, now: TimeMs) -> Answer<Self::Reply>;
}

macro_rules! answers {
    ($($call:ident: |$self:ident, $engine:ident, $now:ident| $answer:expr;)*) => {
        $(
            impl Answered for $call {
                fn answer(self, $engine: &mut Engine, $now: TimeMs) -> Answer<Self::Reply> {
                    let $self = self;
                    $answer
                }
            }
        )*

        pub(super) async fn call_json(
            tablet: &Tablet,
            name: &str,
            arguments: Value,
        ) -> Result<Value, Rejection> {
            match name {
                $($call::NAME => write(tablet.call(read::<$call>(arguments)?).await?),)*
                Enrol::NAME => write(tablet.enrol(read(arguments)?).await?),
                SyncNow::NAME => write(tablet.sync_now(read(arguments)?).await?),
                other => Err(Rejection::Server {
                    message: format!("“{}” is not a call.", other.escape_debug()),
                }),
            }
        }
    };
}

answers! {
    GetStatus: |_call, engine, now| engine.status(now);
    GetPeople: |_call, engine, now| engine.people(now);
    SignIn: |call, engine, now| {
        engine.sign_in(&call.associate, &call.pin, now)?;
        engine.status(now)
    };
    SignOut: |_call, engine, now| {
        engine.sign_out()?;
        engine.status(now)
    };
    GetQueue: |_call, engine, now| engine.queue(now);
    GetWork: |call, engine, now| engine.work(call.fulfillment, now);
    Find: |call, engine, now| engine.find(&call.text, now);
    Act: |call, engine, now| engine.act(call.fulfillment, &call.action, now);
    GetInbox: |_call, engine, _now| engine.inbox();
    GetPrinting: |_call, engine, _now| engine.printing();
    SetPrinter: |call, engine, _now| engine.set_printer(&call.printer);
    SettlePrint: |call, engine, now| engine.settle_print(call.entry, call.choice, now);
    PreviewLabel: |call, engine, _now| {
        engine.preview_label(call.fulfillment, call.package, call.form)
    };
}

fn read<C: Call>(arguments: Value) -> Result<C, Rejection> {
    let arguments =
        if arguments.is_null() { Value::Object(serde_json::Map::new()) } else { arguments };
    serde_json::from_value(arguments).map_err(|e| Rejection::Server {
        message: format!("The call {} was not understood: {e}.", name_of::<C>()),
    })
}

fn write(reply: impl serde::Serialize) -> Result<Value, Rejection> {
    Ok(serde_json::to_value(reply).expect("a reply is plain data"))
}
