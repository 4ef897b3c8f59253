// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRegistry;
import org.junit.jupiter.api.Nested;

/** The registry in memory keeps the contracts, so tests on it hold for every registry. */
class InMemoryRegistryTest {
    /** Its rows outlive no process, so a restart changes nothing. */
    private record Opened(InMemoryRegistry registry) implements RegistryUnderTest {
        @Override
        public TableRegistry tables() {
            return registry;
        }

        @Override
        public FieldIdRegistry fieldIds() {
            return registry;
        }

        @Override
        public RunLog runs() {
            return registry;
        }

        @Override
        public ScheduleState schedule() {
            return registry;
        }

        @Override
        public void restart() {}

        @Override
        public void close() {}
    }

    @Nested
    class Tables extends TableRegistryContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(new InMemoryRegistry());
        }
    }

    @Nested
    class FieldIds extends FieldIdRegistryContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(new InMemoryRegistry());
        }
    }

    @Nested
    class Runs extends RunLogContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(new InMemoryRegistry());
        }
    }

    @Nested
    class Schedule extends ScheduleStateContract {
        @Override
        protected RegistryUnderTest open() {
            return new Opened(new InMemoryRegistry());
        }
    }
}
