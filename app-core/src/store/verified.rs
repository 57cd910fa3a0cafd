//! Customers who were verified in the current session. Kept with the session, so that a restart
//! between the code and the handover does not ask the customer twice.

use domain::{
    handoff::Verification,
    ids::{FulfillmentId, SessionId},
};
use rusqlite::{OptionalExtension as _, params};

use super::{Doing as _, Outbox, StoreError};

impl Outbox {
    /// How the customer was verified in this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn verification(
        &self,
        fulfillment: FulfillmentId,
        session: SessionId,
    ) -> Result<Option<Verification>, StoreError> {
        let sql = "select verification from verified where fulfillment = ?1 and session = ?2";
        let key = params![fulfillment.to_string(), session.to_string()];
        let text: Option<String> = self
            .conn
            .query_row(sql, key, |row| row.get(0))
            .optional()
            .doing("read a verification")?;
        text.map(|text| {
            serde_json::from_str(&text).map_err(|e| StoreError::Impossible {
                table: "verified",
                row: fulfillment.to_string(),
                reason: e.to_string(),
            })
        })
        .transpose()
    }

    /// Remembers it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_verification(
        &self,
        fulfillment: FulfillmentId,
        session: SessionId,
        verification: &Verification,
    ) -> Result<(), StoreError> {
        let sql = "insert into verified (fulfillment, session, verification) values (?1, ?2, ?3)
            on conflict (fulfillment) do update
            set session = excluded.session, verification = excluded.verification";
        let text = serde_json::to_string(verification).expect("a verification is plain data");
        let row = params![fulfillment.to_string(), session.to_string(), text];
        self.conn.execute(sql, row).map(drop).doing("remember a verification")
    }

    /// Forgets all of them: the session is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clear_verifications(&self) -> Result<(), StoreError> {
        self.conn.execute("delete from verified", []).map(drop).doing("forget verifications")
    }
}
