// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.Secret;
import io.agnes.core.file.FileModes;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SyncConfig;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.server.connection.Limits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the process runs with.
 *
 * @param tempDir in which scratch gets a folder of its own, on the file system of the data directory
 * @param files who may read the data directory
 * @param port 0 takes a free one
 * @param scheduler nothing if runs are started by triggers alone
 * @param keboola nothing if no stack is set
 * @param limits what clients may hold of this process
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
        Optional<Keboola> keboola,
        Disk disk,
        Limits limits) {
    /** Private files, the usual limits, and no scheduler: runs are started by triggers alone. */
    public Settings(
            Path dataDir,
            Path tempDir,
            String host,
            int port,
            Optional<Secret> schedulerToken,
            SyncConfig sync,
            Optional<Keboola> keboola) {
        this(
                dataDir,
                tempDir,
                FileModes.PRIVATE,
                host,
                port,
                schedulerToken,
                sync,
                Optional.empty(),
                keboola,
                Disk.DEFAULT,
                Limits.standard());
    }

    /** The same with other limits. */
    public Settings withLimits(Limits other) {
        return new Settings(dataDir, tempDir, files, host, port, schedulerToken, sync, scheduler, keboola, disk, other);
    }

    /** The same with other settings of the disk. */
    public Settings withDisk(Disk other) {
        return new Settings(
                dataDir, tempDir, files, host, port, schedulerToken, sync, scheduler, keboola, other, limits);
    }

    /**
     * What is kept on the disk.
     *
     * @param acceptedLoss the word of a loss of the registry that was accepted; empty for none
     * @param plainNames whether each current version is copied to a name that stays
     */
    public record Disk(String acceptedLoss, boolean plainNames) {
        /** Nothing is accepted, and copies are made. */
        public static final Disk DEFAULT = new Disk("", true);
    }

    /**
     * The Keboola project that tables come from.
     *
     * @param fileType {@code parquet} or {@code csv}
     * @param emptyAsNull of tables without a way of their own
     * @param nullWords texts that become NULL in columns that are not text
     * @param storageEndpoint in place of the cloud's own, for a stack on this machine
     */
    public record Keboola(
            URI stack,
            Secret token,
            String fileType,
            EmptyAsNull emptyAsNull,
            List<String> nullWords,
            Duration exportTimeout,
            Duration pollInterval,
            Duration sliceTimeout,
            int parallelism,
            Optional<URI> storageEndpoint) {}
}
