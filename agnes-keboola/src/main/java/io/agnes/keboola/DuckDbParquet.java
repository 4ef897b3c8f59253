package io.agnes.keboola;

import io.agnes.core.file.FileDraft;
import io.agnes.keboola.convert.Converter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes one Parquet file of many by decoding and writing every row. Takes many times longer than copying row groups, and
 * as much disk again. Safe for use by several threads, each with a draft of its own.
 */
public final class DuckDbParquet {
    private final Converter converter;

    private DuckDbParquet(Converter converter) {
        this.converter = converter;
    }

    /** @param memoryLimitBytes for each rewrite at most; more goes to disk beside the draft */
    public static DuckDbParquet of(long memoryLimitBytes) {
        return new DuckDbParquet(new Converter(memoryLimitBytes));
    }

    /**
     * Writes the rows of all files into the draft, columns matched by name, one missing in a file as NULL. The same files
     * always give the same bytes.
     *
     * @param files in the draft's directory, in the order of the rows
     * @return rows written
     * @throws KeboolaException {@code conversion_failed}; what is in the draft then is of no use
     */
    public long rewrite(List<Path> files, FileDraft draft) throws IOException, InterruptedException {
        return converter.rewrite(files, draft);
    }
}
