// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.testkit.FakeKeboola;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parquet slices that are larger than the first read of their ends, so each needs another request. */
final class BigSlices {
    static final String TABLE = "in.c-big.slices";
    private static final int ROWS_EACH = 12_000;

    private final List<Path> files;

    private final int rowsEach;

    private BigSlices(List<Path> files, int rowsEach) {
        this.rowsEach = rowsEach;
        this.files = files;
    }

    /** Writes a number of slices of about 400 KB. */
    static BigSlices write(Path directory, int count) {
        return write(directory, count, ROWS_EACH);
    }

    /** Writes a number of slices with the given number of rows. */
    static BigSlices write(Path directory, int count, int rows) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = directory.resolve("slice-" + i + ".parquet");
            Tables.execute("COPY (SELECT i AS id, md5(i::VARCHAR) AS cell FROM range(" + i * rows + ", "
                    + (i + 1) * rows + ") t(i)) TO '" + file + "' (FORMAT parquet, COMPRESSION uncompressed)");
            files.add(file);
        }
        return new BigSlices(files, rows);
    }

    int rows() {
        return files.size() * rowsEach;
    }

    FakeKeboola seed(FakeKeboola keboola) {
        keboola.table(TABLE).fromParquetSlices(files);
        return keboola;
    }
}
