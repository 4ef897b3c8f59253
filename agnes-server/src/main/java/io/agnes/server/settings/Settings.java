// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.Secret;
import io.agnes.core.file.FileModes;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingValues;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.connection.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All settings of the server.
 *
 * @param dataDir directory of everything that is kept
 * @param tempDir directory of scratch files, on the file system of the data directory
 * @param files who may read the data directory
 * @param port 0 takes a free port
 * @param scheduler empty if runs are started by triggers alone
 * @param limits bounds on connections, requests and downloads
 */
public record Settings(
        Path dataDir,
        Path tempDir,
        FileModes files,
        String host,
        int port,
        Optional<Secret> schedulerToken,
        SyncConfig sync,
        Optional<SchedulerConfig> scheduler,
        Sources sources,
        Disk disk,
        Limits limits) {
    /** {@link #dataDir}. */
    public static final Setting<Path> DATA_DIR = Setting.of(
                    "data-dir",
                    new SettingType.FilePath(),
                    Path.of("data"),
                    "directory that holds everything; one process owns it")
            .withEnvironment("DATA_DIR");

    /** {@link #tempDir}. */
    public static final Setting<Optional<Path>> TEMP_DIR = Setting.optional(
            "temp-dir",
            new SettingType.FilePath(),
            "directory in which scratch gets a folder of its own, on the file system of the data; tmp in the data"
                    + " directory if it is not set");

    private static final Setting<Boolean> GROUP_READABLE = Setting.of(
            "files.group-readable",
            new SettingType.Flag(),
            false,
            "true lets the group of this process read the extracts, for a Caddy in that group");

    private static final Setting<String> ACCEPT_LOSS = Setting.of(
            "registry.accept-loss",
            new SettingType.Text(),
            "",
            "word that a refused start names; the start then goes on without what the registry lacks");

    private static final Setting<Boolean> PLAIN_NAMES = Setting.of(
            "plain-names",
            new SettingType.Choice<>(
                    List.of(new SettingType.Choice.Word<>("copy", true), new SettingType.Choice.Word<>("none", false))),
            true,
            "copy: extracts/SOURCE/data/ID.parquet is a copy of the current version; none: there is no such file");

    private static final Setting<String> HOST =
            Setting.of("host", new SettingType.Text(), "127.0.0.1", "address to listen on");

    private static final Setting<Integer> PORT =
            Setting.of("port", new SettingType.WholeNumber(0, 65_535), 8080, "port to listen on; 0 takes a free one");

    private static final Setting<Optional<Secret>> SCHEDULER_TOKEN = Setting.optional(
                    "scheduler.api-token", new SettingType.SecretText(32), "token that acts as an operator")
            .withEnvironment("SCHEDULER_API_TOKEN");

    /** The settings of the process itself, at the top level of the settings file. */
    static final SettingsSection<Settings> PROCESS = new SettingsSection<>(
            "",
            List.of(DATA_DIR, TEMP_DIR, GROUP_READABLE, ACCEPT_LOSS, PLAIN_NAMES, HOST, PORT, SCHEDULER_TOKEN),
            Settings::of);

    /** Private files, the default limits without a delay at the end, and no scheduler. */
    public Settings(
            Path dataDir,
            Path tempDir,
            String host,
            int port,
            Optional<Secret> schedulerToken,
            SyncConfig sync,
            Sources sources) {
        this(
                dataDir,
                tempDir,
                FileModes.PRIVATE,
                host,
                port,
                schedulerToken,
                sync,
                Optional.empty(),
                sources,
                Disk.DEFAULT,
                Limits.standard().withShutdownDelay(Duration.ZERO));
    }

    /** The process's own settings; all others are the defaults. */
    private static Settings of(SettingValues values) {
        Path data = values.get(DATA_DIR);
        return new Settings(
                data,
                values.get(TEMP_DIR).orElseGet(() -> data.resolve("tmp")),
                values.get(GROUP_READABLE) ? FileModes.GROUP_READABLE : FileModes.PRIVATE,
                values.get(HOST),
                values.get(PORT),
                values.get(SCHEDULER_TOKEN),
                SyncConfig.of(),
                Optional.empty(),
                Sources.of(),
                new Disk(values.get(ACCEPT_LOSS), values.get(PLAIN_NAMES)),
                Limits.standard());
    }

    /** The same with other limits. */
    public Settings withLimits(Limits other) {
        return new Settings(dataDir, tempDir, files, host, port, schedulerToken, sync, scheduler, sources, disk, other);
    }

    /** The same with other settings of the disk. */
    public Settings withDisk(Disk other) {
        return new Settings(
                dataDir, tempDir, files, host, port, schedulerToken, sync, scheduler, sources, other, limits);
    }

    /** The same with other sources. */
    public Settings withSources(Sources other) {
        return new Settings(dataDir, tempDir, files, host, port, schedulerToken, sync, scheduler, other, disk, limits);
    }

    /** The same with a scheduler, and with other settings of runs. */
    Settings withRuns(SyncConfig otherSync, SchedulerConfig otherScheduler) {
        return new Settings(
                dataDir,
                tempDir,
                files,
                host,
                port,
                schedulerToken,
                otherSync,
                Optional.of(otherScheduler),
                sources,
                disk,
                limits);
    }

    /**
     * Settings of the files on disk.
     *
     * @param acceptedLoss the word of a loss of the registry that was accepted; empty for none
     * @param plainNames whether each current version is copied to a name that stays
     */
    public record Disk(String acceptedLoss, boolean plainNames) {
        /** No loss is accepted, and copies are made. */
        public static final Disk DEFAULT = new Disk("", true);
    }
}
