// Read before SQLite's source, in the build for Android. It leaves out virtual tables, ALTER TABLE, ANALYZE,
// REINDEX and the integrity check.
//
// SQLite has an option for each, but the parser in its amalgamation was generated with all of them and calls the
// functions below. Here each of them is an error, so such a statement is refused, also in a schema that somebody changed.
// The integrity check is a pragma: without it, `PRAGMA integrity_check` answers nothing.
#ifdef SQLITE_CORE
#define SQLITE_OMIT_VIRTUALTABLE 1
#define SQLITE_OMIT_ALTERTABLE 1
#define SQLITE_OMIT_ANALYZE 1
#define SQLITE_OMIT_REINDEX 1
#define SQLITE_OMIT_INTEGRITY_CHECK 1

typedef struct Expr Expr;
typedef struct Parse Parse;
typedef struct SrcList SrcList;
typedef struct Token Token;

static void sqlite3ErrorMsg(Parse *, const char *, ...);

#define LEFT_OUT(function, ...) \
    static void function(Parse *parse, ##__VA_ARGS__) { \
        sqlite3ErrorMsg(parse, "left out of this SQLite"); \
    }

LEFT_OUT(sqlite3VtabBeginParse, Token *a, Token *b, Token *c, int d)
LEFT_OUT(sqlite3VtabFinishParse, Token *a)
LEFT_OUT(sqlite3VtabArgInit)
LEFT_OUT(sqlite3VtabArgExtend, Token *a)
LEFT_OUT(sqlite3AlterRenameTable, SrcList *a, Token *b)
LEFT_OUT(sqlite3AlterRenameColumn, SrcList *a, Token *b, Token *c)
LEFT_OUT(sqlite3AlterDropColumn, SrcList *a, const Token *b)
LEFT_OUT(sqlite3AlterDropConstraint, SrcList *a, Token *b, Token *c)
LEFT_OUT(sqlite3AlterAddConstraint, SrcList *a, Token *b, Token *c, const char *d, int e, Expr *f)
LEFT_OUT(sqlite3AlterBeginAddColumn, SrcList *a)
LEFT_OUT(sqlite3AlterFinishAddColumn, Token *a)
LEFT_OUT(sqlite3AlterSetNotNull, SrcList *a, Token *b, Token *c)
LEFT_OUT(sqlite3Analyze, Token *a, Token *b)
LEFT_OUT(sqlite3Reindex, Token *a, Token *b)
#endif
