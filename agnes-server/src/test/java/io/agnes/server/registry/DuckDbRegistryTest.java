// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.bigquery.contract.MetadataCacheContract;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.core.contract.FieldIdRegistryContract;
import io.agnes.core.contract.RegistryUnderTest;
import io.agnes.core.contract.RunLogContract;
import io.agnes.core.contract.ScheduleStateContract;
import io.agnes.core.contract.TableRegistryContract;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The DuckDB registry fulfils the contracts of core's ports. */
class DuckDbRegistryTest {
    @TempDir
    private Path dir;

    /** A restart closes the file and opens it again. */
    private static final class Opened implements RegistryUnderTest {
        private final Path dir;
        private Database database;
        private TableRegistry tables;
        private FieldIdRegistry fieldIds;
        private RegistryRuns runs;

        Opened(Path dir) {
            this.dir = dir;
            restart();
        }

        @Override
        public void restart() {
            close();
            database = Database.open(dir.resolve("registry.duckdb"), dir);
            tables = new RegistryTables(database);
            fieldIds = new RegistryFieldIds(database);
            runs = new RegistryRuns(database);
        }

        @Override
        public void close() {
            if (database != null) {
                database.close();
            }
        }

        @Override
        public TableRegistry tables() {
            return tables;
        }

        @Override
        public FieldIdRegistry fieldIds() {
            return fieldIds;
        }

        @Override
        public RunLog runs() {
            return runs;
        }

        @Override
        public ScheduleState schedule() {
            return runs;
        }
    }

    @Nested
    class Tables extends TableRegistryContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(dir);
        }
    }

    @Nested
    class FieldIds extends FieldIdRegistryContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(dir);
        }
    }

    @Nested
    class Metadata extends MetadataCacheContract {
        private Opened registry;

        @Override
        protected MetadataCache open() {
            registry = new Opened(dir);
            return new RegistryMetadataCache(registry.database);
        }

        @Override
        protected MetadataCache restart(MetadataCache before) {
            registry.restart();
            return new RegistryMetadataCache(registry.database);
        }

        @Override
        protected void close(MetadataCache opened) {
            registry.close();
        }
    }

    @Nested
    class Runs extends RunLogContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(dir);
        }
    }

    @Nested
    class Schedule extends ScheduleStateContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(dir);
        }
    }
}
