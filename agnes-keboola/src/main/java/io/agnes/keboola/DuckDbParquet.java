package io.agnes.keboola;

import io.agnes.core.parquet.ParquetRewriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes one Parquet file of many by decoding and writing every row. Takes many times longer than copying row groups, and
 * as much disk again. Safe for use by several threads, each with a target of its own.
 */
public final class DuckDbParquet implements ParquetRewriter {
    private final Converter converter;

    private DuckDbParquet(Converter converter) {
        this.converter = converter;
    }

    /** @param memoryLimitBytes for each rewrite at most; more goes to disk beside the draft */
    public static DuckDbParquet of(long memoryLimitBytes) {
        return new DuckDbParquet(new Converter(memoryLimitBytes));
    }

    /**
     * Spills into a directory beside the target.
     *
     * @throws KeboolaException {@code conversion_failed}
     */
    @Override
    public long rewrite(List<Path> parts, Path target) throws IOException, InterruptedException {
        return converter.rewrite(parts, target);
    }
}
