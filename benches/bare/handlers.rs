//! The two bare handlers: the statements of the service in its order, through plain sqlx, and no more.
//!
//! One text for both databases; what differs is the type of an instant, the clock, `BEGIN` and the locks.

use chrono::NaiveDate;
use guildhall::platform::random::digest;
use uuid::Uuid;

use super::server::Payment;
use super::statements as sql;

/// A session with its person: id, user, created, last used, expires, revoked, verified, admin.
pub type Session<At> = (Uuid, Uuid, At, At, At, Option<At>, bool, bool);
/// Id, name, kind, zone, currency, locale, listed, state, version, created.
pub type Alliance<At> = (
    Uuid,
    String,
    String,
    String,
    String,
    String,
    bool,
    String,
    i64,
    At,
);
/// Word, membership, merchant.
pub type Standing = (String, Option<Uuid>, Option<Uuid>);
/// Id, alliance, name, code, season, currency, custodian, state, version, creator, created.
pub type Fund<At> = (
    Uuid,
    Uuid,
    String,
    String,
    NaiveDate,
    NaiveDate,
    String,
    String,
    String,
    String,
    String,
    i64,
    Uuid,
    At,
);
/// Id, alliance, merchant, state, joined, ended, version, created.
pub type Membership<At> = (Uuid, Uuid, Uuid, String, Option<At>, Option<At>, i64, At);
/// Id, name, region, category, locale, version, created.
pub type Merchant<At> = (Uuid, String, String, String, String, i64, At);
/// Id, kind, party, balance.
pub type Moved = (Uuid, String, String, i64);
/// Id, alliance, fund, through, by, at.
pub type Period<At> = (Uuid, Uuid, Uuid, NaiveDate, Uuid, At);
/// Id, alliance, fund, kind, document, mandate, reverses, narration, day, recorded, sequence, postings, hashes.
pub type Head<At> = (
    Uuid,
    Uuid,
    Uuid,
    String,
    Uuid,
    Option<Uuid>,
    Option<Uuid>,
    String,
    NaiveDate,
    At,
    i64,
    i64,
    Vec<u8>,
    Vec<u8>,
);
/// Notice, number, alliance, day, amount.
pub type Instalment = (Uuid, i64, Uuid, NaiveDate, i64);
/// Id, alliance, fund, transaction, account, sequence, amount, balance.
pub type Posting = (Uuid, Uuid, Uuid, Uuid, Uuid, i64, i64, i64);

/// Number and sum.
pub type Pair = (i64, i64);

macro_rules! handlers {
    ($name:ident, $Db:ty, $At:ty, $begin:literal, $lock_fund:expr, $now:path) => {
        /// The handlers of one database.
        pub mod $name {
            use serde_json::Value;
            use serde_json::json;
            use sqlx::Pool;
            use sqlx::Row;
            use sqlx::Transaction;
            use sqlx::query;
            use sqlx::query_as;

            use super::*;

            type At = $At;
            type Tx = Transaction<'static, $Db>;

            /// `GET /v1/alliances/{id}`.
            pub async fn read(pool: &Pool<$Db>, session: Uuid, id: Uuid) -> sqlx::Result<Value> {
                let who: Session<At> = query_as(sql::SESSION).bind(session).fetch_one(pool).await?;
                let row: Alliance<At> = query_as(sql::ALLIANCE).bind(id).fetch_one(pool).await?;
                let standing: Vec<Standing> =
                    query_as(sql::STANDING).bind(id).bind(who.1).fetch_all(pool).await?;
                let roles: Vec<String> = standing.into_iter().map(|(word, ..)| word).collect();
                Ok(json!({ "id": row.0, "name": row.1, "kind": row.2, "time_zone": row.3, "currency": row.4,
                    "locale": row.5, "listed": row.6, "state": row.7, "roles": roles, "version": row.8,
                    "created_at": row.9 }))
            }

            /// `POST /v1/funds/{fund_id}/payments`.
            pub async fn pay(
                pools: (&Pool<$Db>, &Pool<$Db>),
                ids: guildhall::platform::ids::Ids,
                session: Uuid,
                fund: Uuid,
                new: &Payment,
            ) -> sqlx::Result<Value> {
                let (reader, writer) = pools;
                let who: Session<At> = query_as(sql::SESSION).bind(session).fetch_one(reader).await?;
                let mut tx = writer.begin_with($begin).await?;
                let now: At = $now(&mut tx).await?;
                let fund = admit(&mut tx, fund, who.1, new.membership_id).await?;
                let notices = query(sql::NOTICES)
                    .bind(fund.1).bind(fund.0).bind(new.membership_id).fetch_all(&mut *tx).await?;
                let open = notices.iter().map(|n| -> (Uuid, i64, i64, i64) {
                    (n.get("id"), n.get("amount_minor"), n.get("paid_minor"), n.get("version"))
                });
                let notice = open.into_iter().find(|n| n.1 - n.2 >= new.amount_minor).ok_or(sqlx::Error::RowNotFound)?;
                let id: Uuid = ids.fresh();
                let transaction = post(&mut tx, ids, &fund, id, new, now).await?;
                query(sql::PAYMENT).bind(id).bind(fund.1).bind(fund.0).bind(new.membership_id)
                    .bind(new.amount_minor).bind(new.received_on).bind(&new.reference)
                    .bind(transaction).bind(who.1).bind(now).execute(&mut *tx).await?;
                query(sql::ALLOCATION).bind(id).bind(notice.0).bind(fund.1).bind(new.amount_minor)
                    .execute(&mut *tx).await?;
                let paid = notice.2 + new.amount_minor;
                let state = if paid == notice.1 { "paid" } else { "part_paid" };
                let _parts: Vec<Instalment> =
                    query_as(sql::INSTALMENTS).bind(notice.0).fetch_all(&mut *tx).await?;
                query(sql::STORE).bind(paid).bind(state).bind(notice.3 + 1).bind(notice.0)
                    .execute(&mut *tx).await?;
                let _due = query(sql::ANY_DUE).bind(fund.1).bind(fund.0).fetch_optional(&mut *tx).await?;
                tx.commit().await?;
                let part = json!({ "notice_id": notice.0, "amount_minor": new.amount_minor });
                Ok(json!({ "id": id, "fund_id": fund.0, "membership_id": new.membership_id,
                    "amount_minor": new.amount_minor, "received_on": new.received_on,
                    "reference": new.reference, "allocations": [part],
                    "transaction_id": transaction, "recorded_at": now }))
            }

            /// Finds the fund, the caller's roles and the member, and locks the fund.
            async fn admit(tx: &mut Tx, id: Uuid, user: Uuid, member: Uuid) -> sqlx::Result<Fund<At>> {
                let fund: Fund<At> = query_as(sql::FUND).bind(id).fetch_one(&mut **tx).await?;
                let _roles: Vec<Standing> =
                    query_as(sql::STANDING).bind(fund.1).bind(user).fetch_all(&mut **tx).await?;
                let _alliance: Alliance<At> =
                    query_as(sql::ALLIANCE).bind(fund.1).fetch_one(&mut **tx).await?;
                let fund: Fund<At> = query_as($lock_fund).bind(id).fetch_one(&mut **tx).await?;
                let membership: Membership<At> =
                    query_as(sql::MEMBERSHIP).bind(fund.1).bind(member).fetch_one(&mut **tx).await?;
                let _merchant: Merchant<At> =
                    query_as(sql::MERCHANT).bind(membership.2).fetch_one(&mut **tx).await?;
                Ok(fund)
            }

            /// Writes the two postings and reads them back.
            async fn post(
                tx: &mut Tx,
                ids: guildhall::platform::ids::Ids,
                fund: &Fund<At>,
                document: Uuid,
                new: &Payment,
                now: At,
            ) -> sqlx::Result<Uuid> {
                let party = new.membership_id.to_string();
                let _period: Option<Period<At>> =
                    query_as(sql::PERIOD).bind(fund.0).fetch_optional(&mut **tx).await?;
                let legs = [("bank", "", new.amount_minor), ("receivable", party.as_str(), -new.amount_minor)];
                let mut update = query_as(sql::MOVE_BALANCES).bind(fund.0);
                for (kind, party, amount) in legs {
                    update = update.bind(kind).bind(party).bind(amount);
                }
                let moved: Vec<Moved> = update.fetch_all(&mut **tx).await?;
                let id: Uuid = ids.fresh();
                let newest: Option<Posting> =
                    query_as(sql::NEWEST).bind(fund.0).fetch_optional(&mut **tx).await?;
                let mut sequence = newest.map_or(0, |row| row.5);
                let mut postings = query(sql::POSTINGS);
                for (kind, party, amount) in legs {
                    let known = moved.iter().find(|a| a.1 == kind && a.2 == party).map(|a| (a.0, a.3));
                    let (account, balance) = match known {
                        Some(found) => found,
                        None => {
                            let account: Uuid = ids.fresh();
                            query(sql::OPEN_ACCOUNT).bind(account).bind(fund.1).bind(fund.0).bind(kind)
                                .bind(party).bind(amount).execute(&mut **tx).await?;
                            (account, amount)
                        }
                    };
                    sequence += 1;
                    postings = postings.bind(ids.fresh::<Uuid>()).bind(fund.1).bind(fund.0).bind(id)
                        .bind(account).bind(sequence).bind(amount).bind(balance);
                }
                postings.execute(&mut **tx).await?;
                let head: Option<Head<At>> =
                    query_as(sql::HEAD).bind(fund.0).fetch_optional(&mut **tx).await?;
                let (place, previous) = head.map_or((0, vec![0; 32]), |row| (row.10, row.13));
                let hash = digest(&[previous.as_slice(), id.as_bytes()].concat());
                query(sql::TRANSACTION).bind(id).bind(fund.1).bind(fund.0).bind("payment").bind(document)
                    .bind(None::<Uuid>).bind(None::<Uuid>).bind(format!("Payment {}", new.reference))
                    .bind(new.received_on).bind(now).bind(place + 1).bind(2_i64).bind(previous).bind(hash)
                    .execute(&mut **tx).await?;
                let stored: Pair = query_as(sql::STORED).bind(id).fetch_one(&mut **tx).await?;
                assert_eq!(stored, (2, 0), "the ledger is whole");
                Ok(id)
            }
        }
    };
}

handlers!(
    on_postgres,
    sqlx::Postgres,
    chrono::DateTime<chrono::Utc>,
    "BEGIN",
    sql::LOCK_FUND,
    crate::bare::server::postgres_now
);
handlers!(
    on_sqlite,
    sqlx::Sqlite,
    i64,
    "BEGIN IMMEDIATE",
    sql::FUND,
    crate::bare::server::sqlite_now
);
