// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.Locale;

/** What a record tells of. */
public enum AuditAction {
    /** The server has opened its registry. */
    SERVER_STARTED("version of the program"),
    /** The server stops in order. */
    SERVER_STOPPED("version of the program"),
    /** A table was registered. */
    TABLE_REGISTERED("table"),
    /** The settings of a table were changed. */
    TABLE_UPDATED("table"),
    /** A table was removed with its versions and grants. */
    TABLE_REMOVED("table"),
    /** The tables of the sources were listed; each one that was registered has a record of its own. */
    TABLES_DISCOVERED("number of tables that were registered"),
    /** BigQuery was asked about all remote tables. */
    METADATA_REFRESHED("run of the refresh"),
    /** BigQuery was asked about one remote table. */
    TABLE_METADATA_REFRESHED("table"),
    /** A user was added, or became a member of exactly the named groups. */
    USER_PUT("user, groups"),
    /** A user was removed with all memberships and tokens. */
    USER_REMOVED("user"),
    /** A user became a member of a group. */
    MEMBER_ADDED("group, user"),
    /** A user left a group. */
    MEMBER_REMOVED("group, user"),
    /** The members of a group may read a table. */
    GRANTED("group, table"),
    /** The members of a group may no longer read a table. */
    REVOKED("group, table"),
    /** A token was minted. */
    TOKEN_MINTED("user, id of the token"),
    /** The token of a first start was used for the first time. */
    TOKEN_FIRST_USED("id of the token"),
    /** A token was revoked. */
    TOKEN_REVOKED("id of the token"),
    /** A run was started. */
    SYNC_TRIGGERED("run"),
    /** A run was cancelled. */
    RUN_CANCELLED("run"),
    /** A copy of the registry was made or asked for. */
    BACKUP("file name"),
    /** Something was read, or asked for with a method that changes nothing. Only refusals are recorded. */
    READ("table, or route"),
    /** A change by a route that has no action of its own. Only refusals are recorded. */
    CHANGE("route"),
    /** Refusals beyond the bounds of a minute, which are counted and not listed. */
    REFUSALS_COUNTED("the bound"),
    /** Events that were lost because the queue was full, or the registry failed. */
    EVENTS_LOST("the reason");

    private final String object;

    AuditAction(String object) {
        this.object = object;
    }

    /** The word in records. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the object of such a record names. */
    public String object() {
        return object;
    }
}
