// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Lists the tables of sources and registers the new ones. It never changes a registered table. */
public final class Discovery {
    private static final System.Logger LOG = System.getLogger(Discovery.class.getName());
    private static final String UNASKED = "system";

    private final TableRegistry registry;
    private final List<DiscoverySource> sources;
    private final Time time;

    /** The result for one source. */
    public sealed interface Result {
        /**
         * The source listed its tables.
         *
         * @param registered the tables that were registered, or would be
         */
        record Asked(DiscoveryPlan plan, List<TableId> registered) implements Result {}

        /** The source failed to list its tables. */
        record Refused(String sourceType, AgnesException failure) implements Result {}
    }

    /** @param sources may be empty */
    public Discovery(TableRegistry registry, List<DiscoverySource> sources, Time time) {
        this.registry = registry;
        this.sources = List.copyOf(sources);
        this.time = time;
    }

    /**
     * Discovers the tables of every source.
     *
     * @param dry whether to report without writing
     * @param by the user, for the record
     */
    public List<Result> run(boolean dry, String by) throws IOException, InterruptedException {
        List<Result> results = new ArrayList<>();
        for (DiscoverySource source : sources) {
            results.add(ask(source, dry, by));
        }
        return results;
    }

    private Result ask(DiscoverySource source, boolean dry, String by) throws IOException, InterruptedException {
        List<Discovered> listed;
        try {
            listed = source.list();
        } catch (AgnesException e) {
            return new Result.Refused(source.type(), e);
        }
        DiscoveryPlan plan = DiscoveryPlan.of(source.type(), listed, records());
        List<TableId> registered = new ArrayList<>();
        for (TableRecord table : plan.records(by, time.now())) {
            // Another request may have registered the table since the plan was made; its row stays.
            if (dry || registry.register(table) instanceof TableRegistry.Registration.Registered) {
                registered.add(table.id());
            }
        }
        return new Result.Asked(plan, registered);
    }

    private List<TableRecord> records() {
        return registry.all().stream().map(TableRegistry.Entry::table).toList();
    }

    /** Registers all tables of the sources if the registry is empty. The failure of a source is logged. */
    void fillIfEmpty() throws IOException, InterruptedException {
        if (!DiscoveryPlan.mayDiscoverUnasked(records())) {
            return;
        }
        for (Result result : run(false, UNASKED)) {
            if (result instanceof Result.Refused refused) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "source {0} cannot list its tables: {1}",
                        refused.sourceType(),
                        refused.failure().getMessage());
            }
        }
    }
}
