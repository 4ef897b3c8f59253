// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.server.audit.Origin;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Connections that are duplicates of the writing one. Safe for use by several threads. */
final class Readers {
    /** Work on a connection. */
    interface Use<T extends @Nullable Object> {
        T of(Connection connection) throws SQLException, IOException;
    }

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger(Readers.class.getName());

    private final AuditTable audit;
    private final int count;
    private final BlockingQueue<Connection> idle;

    /** @param count the number of connections, and so of calls at the same time */
    Readers(int count, AuditTable audit) {
        this.count = count;
        this.idle = new ArrayBlockingQueue<>(count);
        this.audit = audit;
    }

    /** Makes the duplicates. */
    void open(Connection writer) throws SQLException {
        for (int i = 0; i < count; i++) {
            idle.add(((DuckDBConnection) writer).duplicate());
        }
    }

    /** Does the work in a session on one of the connections. */
    <T extends @Nullable Object> T read(Database.Work<T> work) throws SQLException, IOException, InterruptedException {
        return lend(connection -> work.on(new Session(connection, audit, Origin.UNKNOWN)));
    }

    /**
     * Lends one of the connections, which nothing else uses meanwhile.
     *
     * @throws RegistryException if there is none for 10 s, since the registry is being opened again
     */
    <T extends @Nullable Object> T lend(Use<T> use) throws SQLException, IOException, InterruptedException {
        Connection reader = idle.poll(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        if (reader == null) {
            throw RegistryException.reopening();
        }
        try {
            return use.of(reader);
        } finally {
            idle.add(reader);
        }
    }

    /** Closes all, each once its work has ended. */
    void close() throws InterruptedException {
        for (int i = 0; i < count; i++) {
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
