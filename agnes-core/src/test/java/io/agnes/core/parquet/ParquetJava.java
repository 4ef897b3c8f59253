// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Writes and reads files with parquet-java, a reader that uses page indexes and bloom filters. */
final class ParquetJava {
    private ParquetJava() {}

    /** Writes a file with these rows. */
    static Path write(
            Path target, String schema, Consumer<ExampleParquetWriter.Builder> options, Iterable<Consumer<Group>> rows)
            throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(schema);
        ExampleParquetWriter.Builder builder = ExampleParquetWriter.builder(output(target))
                .withConf(new PlainParquetConfiguration())
                .withType(type);
        options.accept(builder);
        SimpleGroupFactory groups = new SimpleGroupFactory(type);
        try (ParquetWriter<Group> writer = builder.build()) {
            for (Consumer<Group> row : rows) {
                Group group = groups.newGroup();
                row.accept(group);
                writer.write(group);
            }
        }
        return target;
    }

    /** All rows as text, in order. */
    static List<String> rows(Path file) throws IOException {
        return read(
                file,
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
    }

    /** The rows of all pages that statistics, indexes and bloom filters do not exclude. */
    static List<String> candidates(Path file, FilterPredicate predicate) throws IOException {
        return read(
                file,
                ParquetReadOptions.builder(new PlainParquetConfiguration())
                        .withRecordFilter(FilterCompat.get(predicate))
                        .useStatsFilter(true)
                        .useDictionaryFilter(true)
                        .useBloomFilter(true)
                        .useColumnIndexFilter(true)
                        .useRecordFilter(false)
                        .build());
    }

    private static List<String> read(Path file, ParquetReadOptions options) throws IOException {
        List<String> rows = new ArrayList<>();
        try (ParquetFileReader reader = ParquetFileReader.open(input(file), options)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
            for (PageReadStore pages = reader.readNextFilteredRowGroup();
                    pages != null;
                    pages = reader.readNextFilteredRowGroup()) {
                RecordReader<Group> records = columns.getRecordReader(pages, new GroupRecordConverter(schema));
                for (long i = pages.getRowCount(); i > 0; i--) {
                    rows.add(records.read().toString());
                }
            }
        }
        return rows;
    }

    static ParquetFileReader open(Path file) throws IOException {
        return ParquetFileReader.open(
                input(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
    }

    /** An input on a file channel, since that of the library copies byte by byte. */
    static InputFile input(Path file) {
        return new InputFile() {
            @Override
            public long getLength() throws IOException {
                try (FileChannel channel = FileChannel.open(file)) {
                    return channel.size();
                }
            }

            @Override
            public SeekableInputStream newStream() throws IOException {
                return new ChannelInput(FileChannel.open(file));
            }
        };
    }

    private static final class ChannelInput extends DelegatingSeekableInputStream {
        private final FileChannel channel;

        ChannelInput(FileChannel channel) {
            super(java.nio.channels.Channels.newInputStream(channel));
            this.channel = channel;
        }

        @Override
        public long getPos() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(long position) throws IOException {
            channel.position(position);
        }

        @Override
        public void readFully(ByteBuffer into) throws IOException {
            while (into.hasRemaining()) {
                if (channel.read(into) < 0) {
                    throw new EOFException();
                }
            }
        }
    }

    static OutputFile output(Path file) {
        return new OutputFile() {
            @Override
            public PositionOutputStream create(long blockSize) throws IOException {
                FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                return new DelegatingPositionOutputStream(
                        new java.io.BufferedOutputStream(java.nio.channels.Channels.newOutputStream(channel))) {
                    private long position;

                    @Override
                    public long getPos() {
                        return position;
                    }

                    @Override
                    public void write(int value) throws IOException {
                        super.write(value);
                        position++;
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        super.write(bytes, offset, length);
                        position += length;
                    }

                    @Override
                    public void write(byte[] bytes) throws IOException {
                        write(bytes, 0, bytes.length);
                    }
                };
            }

            @Override
            public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
                return create(blockSize);
            }

            @Override
            public boolean supportsBlockSize() {
                return false;
            }

            @Override
            public long defaultBlockSize() {
                return 0;
            }
        };
    }
}
