// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.Locale;

/** Every error that the server answers with. The word is part of the contract, the title is for people. */
public enum ProblemCode {
    /** 400: the request cannot be read. */
    REQUEST_MALFORMED(400, "The request cannot be read"),
    /** 400: the table is copied, or comes from another source, so it has no metadata of its own. */
    NOT_REMOTE(400, "Not a remote BigQuery table"),
    /** 401: no token, or none that is known, unexpired and unrevoked. */
    UNAUTHENTICATED(401, "A valid token is needed"),
    /** 403: no grant, an unknown table, or one that is not distributed; the answer is the same. */
    FORBIDDEN(403, "Not allowed"),
    /** 404: the path is unknown. */
    ROUTE_NOT_FOUND(404, "No such route"),
    /** 404: the text is outside the grammar of table ids. */
    TABLE_ID_INVALID(404, "Not a table id"),
    /** 404: no table of that id is registered. */
    TABLE_NOT_FOUND(404, "No such table"),
    /** 404: the table has no published version yet. */
    NOT_PUBLISHED(404, "Nothing is published yet"),
    /** 404: no run of that id. */
    RUN_NOT_FOUND(404, "No such run"),
    /** 404: no user of that id. */
    USER_NOT_FOUND(404, "No such user"),
    /** 404: no token of that id. */
    TOKEN_NOT_FOUND(404, "No such token"),
    /** 409: the id, in whatever case, or the name belongs to another table. */
    TABLE_EXISTS(409, "The id or name is taken"),
    /** 409: the change would remove the last administrator. */
    LAST_ADMINISTRATOR(409, "The last administrator stays"),
    /** 409: one run at a time; {@code run_id} and {@code started_at} name it. */
    SYNC_ALREADY_IN_PROGRESS(409, "A sync is already in progress"),
    /** 409: one refresh of all metadata at a time; {@code run_id} and {@code started_at} name it. */
    ALREADY_RUNNING(409, "A refresh is already in progress"),
    /** 409: a backup is being made or sent. */
    BACKUP_RUNNING(409, "A backup is already in progress"),
    /** 412: the version is not the one that was asked for. */
    PRECONDITION_FAILED(412, "Another version is current"),
    /** 413: the body is larger than 1 MiB. */
    BODY_TOO_LARGE(413, "The body is too large"),
    /** 414: the path and query are longer than the server reads. */
    ADDRESS_TOO_LONG(414, "The address is too long"),
    /** 416: the range lies behind the end of the file; {@code Content-Range} has its length. */
    RANGE_NOT_SATISFIABLE(416, "No such range"),
    /** 422: the body is JSON, and something in it is wrong; {@code errors} lists each field. */
    VALIDATION_FAILED(422, "The request is not valid"),
    /** 429: the bound on downloads is reached. */
    TOO_MANY_DOWNLOADS(429, "Too many downloads"),
    /** 429: the bound on listeners of runs is reached. */
    TOO_MANY_LISTENERS(429, "Too many listeners"),
    /** 429: the last backup began less than a minute ago. */
    TOO_MANY_BACKUPS(429, "Too many backups"),
    /** 429: the bound on requests of one user is reached. */
    TOO_MANY_REQUESTS(429, "Too many requests of one user"),
    /** 500: an error of this server; the log has it under the request id. */
    INTERNAL_ERROR(500, "An error of ours"),
    /** 501: an unsupported method, as CONNECT. */
    METHOD_NOT_IMPLEMENTED(501, "No such method here"),
    /** 502: the source of a table could not be asked; {@code source_code} says why. */
    SOURCE_FAILED(502, "The source failed"),
    /** 503: the registry cannot be read, so nothing is decided. */
    REGISTRY_UNAVAILABLE(503, "The registry is unavailable"),
    /** 503: the table's file was found damaged, and no earlier version is whole; the next sync replaces it. */
    VERSION_QUARANTINED(503, "The table is quarantined"),
    /** 503: the table's file was touched and is being verified. */
    VERSION_UNVERIFIED(503, "The table is being verified"),
    /** 503: this server has no settings of BigQuery. */
    BIGQUERY_NOT_CONFIGURED(503, "BigQuery is not configured"),
    /** 503: the bound on requests is reached. */
    OVERLOADED(503, "The server is busy"),
    /** 507: the disk is too full for a backup; {@code needed_bytes} and {@code free_bytes} tell more. */
    DISK_FULL(507, "The disk is too full");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The status that it is sent with. */
    public int status() {
        return status;
    }

    /** Its short text for people. */
    public String title() {
        return title;
    }

    /** The word in the contract: the name in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
