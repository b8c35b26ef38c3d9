//! `answer_rule`: how answers of mail servers are judged: the first rule that matches.

use sea_orm::entity::prelude::*;

/// One rule. A condition that is absent always holds.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Rules are tried in this order.
    pub rank: i32,
    /// The beginning of the code.
    pub code: Option<String>,
    /// The enhanced code, or its beginning where it ends with a dot.
    pub enhanced: Option<String>,
    /// A regular expression that the text contains, in any case.
    pub pattern: Option<String>,
    pub verdict: String,
    pub note: String,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
