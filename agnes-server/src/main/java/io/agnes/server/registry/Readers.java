// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.server.audit.Origin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** The reading connections: {@value #COUNT} duplicates of the writing one. Safe for use by several threads. */
final class Readers {
    static final int COUNT = 2;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger(Readers.class.getName());

    private final AuditTable audit;
    private final BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(COUNT);

    Readers(AuditTable audit) {
        this.audit = audit;
    }

    /** Makes the duplicates. */
    void open(Connection writer) throws SQLException {
        for (int i = 0; i < COUNT; i++) {
            idle.add(((DuckDBConnection) writer).duplicate());
        }
    }

    /**
     * Does the work on a connection of its own.
     *
     * @throws RegistryException if there is none for 10 s, since the registry is being opened again
     */
    <T extends @Nullable Object> T read(Database.Work<T> work) throws SQLException, InterruptedException {
        Connection reader = idle.poll(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        if (reader == null) {
            throw RegistryException.reopening();
        }
        try {
            return work.on(new Session(reader, audit, Origin.UNKNOWN));
        } finally {
            idle.add(reader);
        }
    }

    /** Closes all, each once its work has ended. */
    void close() throws InterruptedException {
        for (int i = 0; i < COUNT; i++) {
            close(idle.take());
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "while closing a connection of the registry", e);
        }
    }
}
