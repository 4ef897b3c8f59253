// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

/** Every setting: its key in the file and as a flag, its name in the environment, its default. */
public enum Setting {
    /** Where everything is kept. */
    DATA_DIR("data-dir", "DATA_DIR", "data", "directory that holds everything; one process owns it"),
    /** Scratch, on the file system of the data directory. */
    TEMP_DIR(
            "temp-dir",
            "AGNES_TEMP_DIR",
            "",
            "directory in which scratch gets a folder of its own, on the file system of the data"),
    /** Whether the group may read the extracts. */
    FILES_GROUP_READABLE(
            "files.group-readable",
            "AGNES_FILES_GROUP_READABLE",
            "false",
            "true lets the group of this process read the extracts, for a Caddy in that group"),
    /** A loss of the registry that was accepted. */
    REGISTRY_ACCEPT_LOSS(
            "registry.accept-loss",
            "AGNES_REGISTRY_ACCEPT_LOSS",
            "",
            "word that a refused start names; goes on without what the registry lacks"),
    /** What readers of the data directory get. */
    PLAIN_NAMES(
            "plain-names",
            "AGNES_PLAIN_NAMES",
            "copy",
            "copy: extracts/SOURCE/data/ID.parquet is a copy of the current version; none: no such file is made"),
    /** The address to listen on. */
    HOST("host", "AGNES_HOST", "127.0.0.1", "address to listen on"),
    /** The port to listen on. */
    PORT("port", "AGNES_PORT", "8080", "port to listen on; 0 takes a free one"),
    /** Connections at once. */
    HTTP_CONNECTIONS("http.connections", "AGNES_HTTP_CONNECTIONS", "2000", "connections at once, 64 to 20000"),
    /** Of one address. */
    HTTP_CONNECTIONS_PER_ADDRESS(
            "http.connections-per-address",
            "AGNES_HTTP_CONNECTIONS_PER_ADDRESS",
            "1500",
            "connections of one client address at once, a proxy's too"),
    /** Downloads at once. */
    HTTP_DOWNLOADS(
            "http.downloads", "AGNES_HTTP_DOWNLOADS", "1000", "downloads at once, at most half of http.connections"),
    /** Of one user. */
    HTTP_DOWNLOADS_PER_USER(
            "http.downloads-per-user", "AGNES_HTTP_DOWNLOADS_PER_USER", "250", "downloads of one user at once"),
    /** Readiness before the end. */
    HTTP_SHUTDOWN_DELAY(
            "http.shutdown-delay-sec",
            "AGNES_HTTP_SHUTDOWN_DELAY_SEC",
            "1",
            "seconds between SIGTERM, when readiness turns red, and the end of listening; 0 to 300"),
    /** A token for a scheduler outside. */
    SCHEDULER_API_TOKEN(
            "scheduler.api-token",
            "SCHEDULER_API_TOKEN",
            "",
            "token of 32 characters or more that acts as an operator"),
    /** How often the scheduler looks. */
    SCHEDULER_TICK("scheduler.tick-sec", "SCHEDULER_TICK_SECONDS", "30", "seconds between two looks at what is due"),
    /** Of tables without a schedule. */
    SCHEDULER_REFRESH(
            "scheduler.data-refresh-interval-sec",
            "SCHEDULER_DATA_REFRESH_INTERVAL",
            "900",
            "seconds between two syncs of a table without a schedule of its own, in whole minutes; 0 for none"),
    /** Calm after the start. */
    SCHEDULER_GRACE(
            "scheduler.start-grace-sec",
            "AGNES_SCHEDULER_START_GRACE_SEC",
            "30",
            "seconds after the start before the first look"),
    /** Tables of a run at once. */
    SYNC_TABLES_AT_ONCE("sync.tables-at-once", "AGNES_SYNC_TABLES_AT_ONCE", "4", "tables of a run at once, 1 to 64"),
    /** Deadline of one table. */
    SYNC_TABLE_DEADLINE(
            "sync.table-deadline-sec",
            "AGNES_EXTRACTOR_TIMEOUT_SEC",
            "3600",
            "seconds after which the work on one table is ended"),
    /** How long replaced versions stay. */
    SYNC_VERSION_GRACE(
            "sync.version-grace-sec",
            "AGNES_VERSION_GRACE_SEC",
            "86400",
            "seconds that a version stays after another took its place"),
    /** The Keboola stack. */
    KEBOOLA_STACK_URL("keboola.stack-url", "KEBOOLA_STACK_URL", "", "Keboola stack, as https://connection.keboola.com"),
    /** The Storage token. */
    KEBOOLA_STORAGE_TOKEN(
            "keboola.storage-token",
            "KEBOOLA_STORAGE_TOKEN",
            "",
            "Keboola Storage token; read-only and limited to buckets is best"),
    /** An emulator's object store. */
    KEBOOLA_STORAGE_ENDPOINT(
            "keboola.storage-endpoint",
            "AGNES_KEBOOLA_STORAGE_ENDPOINT",
            "",
            "object store in place of the cloud's own, for an emulator"),
    /** What exports are asked for as. */
    KEBOOLA_FILE_TYPE(
            "keboola.file-type", "AGNES_KEBOOLA_FILE_TYPE", "parquet", "what exports are asked for as: parquet or csv"),
    /** Empty text in columns of another type. */
    KEBOOLA_EMPTY_AS_NULL(
            "keboola.empty-as-null",
            "AGNES_KEBOOLA_EMPTY_AS_NULL",
            "auto",
            "empty text in columns of numbers, dates and booleans: auto makes it NULL, never keeps such a column text"),
    /** Words for a missing value. */
    KEBOOLA_NULL_WORDS(
            "keboola.null-words",
            "AGNES_KEBOOLA_NULL_WORDS",
            "",
            "texts with commas between them, as 0000-00-00,n/a, that become NULL in columns of numbers, dates and booleans"),
    /** Deadline of an export job. */
    KEBOOLA_EXPORT_TIMEOUT(
            "keboola.export-timeout-sec", "AGNES_KEBOOLA_EXPORT_TIMEOUT_SEC", "1800", "seconds an export job may take"),
    /** First wait between polls. */
    KEBOOLA_POLL_INTERVAL(
            "keboola.poll-interval-sec",
            "AGNES_KEBOOLA_POLL_INTERVAL_SEC",
            "2",
            "seconds before a job is asked about again; grows to 10"),
    /** Longest silence of a download. */
    KEBOOLA_SLICE_TIMEOUT(
            "keboola.slice-timeout-sec",
            "AGNES_KEBOOLA_SLICE_TIMEOUT_SEC",
            "300",
            "seconds without a byte after which a slice is fetched anew"),
    /** Slices at once. */
    KEBOOLA_PARALLELISM("keboola.parallelism", "AGNES_KEBOOLA_PARALLELISM", "8", "slices of a table at once, 1 to 64");

    private final String key;
    private final String environment;
    private final String otherwise;
    private final String meaning;

    Setting(String key, String environment, String otherwise, String meaning) {
        this.key = key;
        this.environment = environment;
        this.otherwise = otherwise;
        this.meaning = meaning;
    }

    /** In the file, and behind two hyphens as a flag. */
    public String key() {
        return key;
    }

    /** In the environment. */
    public String environment() {
        return environment;
    }

    /** What holds if nobody says otherwise; empty for none. */
    public String otherwise() {
        return otherwise;
    }

    /** Whether the value must not be seen, and so is not taken as a flag, which every user of the machine can read. */
    public boolean secret() {
        return this == KEBOOLA_STORAGE_TOKEN || this == SCHEDULER_API_TOKEN;
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }
}
