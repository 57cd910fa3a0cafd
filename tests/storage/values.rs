//! Values through parameters and columns: the same on both engines, down to the error.

use sync_server::db::{DbError, Tx};

use crate::subject::Subject;

const TABLE: &str =
    "create table samples (at bigint primary key, number bigint, words text, bytes text)";
const TABLE_BYTES_SQLITE: &str = "create table raw (at integer primary key, bytes blob)";
const TABLE_BYTES_POSTGRES: &str = "create table raw (at bigint primary key, bytes bytea)";

fn create(tx: &mut Tx, postgres: bool) -> Result<(), DbError> {
    tx.exec(TABLE, &[])?;
    tx.exec(if postgres { TABLE_BYTES_POSTGRES } else { TABLE_BYTES_SQLITE }, &[])?;
    Ok(())
}

pub async fn every_kind_comes_back_as_it_went(subject: Subject) {
    let db = subject.open().await;
    let postgres = subject.is_postgres();
    let texts = ["", "plain", "line\nquote ' \" \\ $1 ?1 {rows}", "Żółć ελ עברית 中文 🧦"];
    let numbers = [0, 1, -1, i64::from(i32::MAX) + 1, i64::MAX, i64::MIN];
    let large = "ü".repeat(1 << 20);
    let bytes: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    db.write(move |tx| {
        create(tx, postgres)?;
        for (at, number) in (0_i64..).zip(numbers) {
            let text = texts
                .get(usize::try_from(at).expect("small"))
                .unwrap_or(&large.as_str())
                .to_string();
            let insert = "insert into samples (at, number, words) values ($1, $2, $3)";
            tx.exec(insert, &[&at, &number, &text])?;
            let found: (i64, String) =
                tx.query_one("select number, words from samples where at = $1", &[&at], |row| {
                    Ok((row.get("number")?, row.get("words")?))
                })?;
            assert_eq!(found, (number, text));
        }
        for (at, bytes) in [(0_i64, Vec::new()), (1, vec![0]), (2, bytes.clone())] {
            tx.exec("insert into raw (at, bytes) values ($1, $2)", &[&at, &bytes])?;
            let found: Vec<u8> =
                tx.query_one("select bytes from raw where at = $1", &[&at], |row| row.get(0))?;
            assert!(found == bytes, "{} bytes changed on the way", bytes.len());
        }
        Ok::<_, DbError>(())
    })
    .await
    .expect("every value is stored");
}

pub async fn nulls_keep_their_kind(subject: Subject) {
    let db = subject.open().await;
    let postgres = subject.is_postgres();
    let found = db.write(move |tx| {
        create(tx, postgres)?;
        let insert = "insert into samples (at, number, words) values ($1, $2, $3)";
        tx.exec(insert, &[&1_i64, &None::<i64>, &None::<String>])?;
        tx.exec(insert, &[&2_i64, &Some(7_i64), &Some("x")])?;
        tx.exec("insert into raw (at, bytes) values ($1, $2)", &[&1_i64, &None::<Vec<u8>>])?;
        let bytes: Option<Vec<u8>> =
            tx.query_one("select bytes from raw", &[], |row| row.get(0))?;
        assert_eq!(bytes, None);
        tx.query("select number, words from samples order by at", &[], |row| {
            Ok((row.get::<Option<i64>>(0)?, row.get::<Option<String>>(1)?))
        })
    });
    let found = found.await.expect("nulls are stored");
    assert_eq!(found, [(None, None), (Some(7), Some("x".to_owned()))]);
}

pub async fn numbers_bind_by_number(subject: Subject) {
    let db = subject.open().await;
    let found: Result<(String, i64, i64), DbError> = db
        .read(|tx| {
            tx.query_one(
                "select cast($2 as text) as b, cast($1 as bigint) as a, cast($1 as bigint) + 1 as c",
                &[&10_i64, &"two"],
                |row| Ok((row.get("b")?, row.get("a")?, row.get("c")?)),
            )
        })
        .await;
    assert_eq!(found.expect("valid"), ("two".to_owned(), 10, 11));
}

pub async fn text_sorts_by_bytes(subject: Subject) {
    let db = subject.open().await;
    let mut places = ["a", "B", "ä", "Z", "_", "-1", "1", "aB", "ab"];
    let found: Vec<String> = db
        .write(move |tx| {
            for (at, place) in (0_i64..).zip(places) {
                tx.exec(
                    "insert into postcodes (country, postcode, place, lat_e6, lon_e6)
                     values ('US', $1, $2, $3, 0)",
                    &[&place, &place, &at],
                )?;
            }
            tx.query("select place from postcodes order by place", &[], |row| row.get(0))
        })
        .await
        .map_err(|error: DbError| error)
        .expect("text is sorted");
    places.sort_unstable();
    assert_eq!(found, places);
}

pub async fn a_nul_character_is_refused(subject: Subject) {
    let db = subject.open().await;
    let refused = db.write(|tx| tx.exec("insert into meta values ($1, $2)", &[&"a", &"b\0c"]));
    assert!(matches!(refused.await, Err(DbError::Parameter { .. })));
}

pub async fn a_wrong_kind_names_its_column(subject: Subject) {
    let db = subject.open().await;
    let read = db.read(|tx| {
        tx.query_one("select cast(1 as bigint) as on_hand", &[], |row| row.get::<String>("on_hand"))
    });
    let error = read.await.expect_err("a number is not text");
    let text = error.to_string();
    assert!(text.contains("on_hand") && text.contains("an integer"), "{text}");
    let read = db.read(|tx| tx.query_one("select 1 as a", &[], |row| row.get::<i64>("b")));
    let text = read.await.expect_err("there is no such column").to_string();
    assert!(text.contains("column b holds nothing"), "{text}");
}

/// Left to guess, PostgreSQL takes these for four-byte integers and fails on the large value.
pub async fn a_parameter_has_the_declared_type(subject: Subject) {
    let db = subject.open().await;
    let found: Result<(i64, i64), DbError> = db
        .read(|tx| {
            tx.query_one(
                "select coalesce($1, 0) as a, $2 + 1 as b",
                &[&Some(i64::MAX), &i64::from(i32::MAX)],
                |row| Ok((row.get("a")?, row.get("b")?)),
            )
        })
        .await;
    assert_eq!(found.expect("valid"), (i64::MAX, i64::from(i32::MAX) + 1));
}

pub async fn json_is_parsed_without_quoting_it(subject: Subject) {
    let db = subject.open().await;
    let read = db.read(|tx| {
        tx.query_one(
            "select cast($1 as text) as body, cast($2 as text) as other",
            &[&"[1,2]", &"[\"secret\"]"],
            |row| {
                let other = row.json::<Vec<i64>>("other").map_err(|error| error.to_string());
                Ok((row.json::<Vec<i64>>("body")?, other))
            },
        )
    });
    let (body, other) = read.await.map_err(|error: DbError| error).expect("valid");
    assert_eq!(body, [1, 2]);
    let error = other.expect_err("text is not a number");
    assert!(error.contains("other") && !error.contains("secret"), "{error}");
}

pub async fn one_row_means_one_row(subject: Subject) {
    let db = subject.open().await;
    let two = "select 1 as a union all select 2";
    let read = db.read(move |tx| tx.query_opt(two, &[], |row| row.get::<i64>(0))).await;
    assert!(matches!(read, Err(DbError::RowCount { found: 2, .. })));
    let none = "select 1 as a where 1 = 2";
    let read = db.read(move |tx| tx.query_one(none, &[], |row| row.get::<i64>(0))).await;
    assert!(matches!(read, Err(DbError::RowCount { found: 0, .. })));
}
