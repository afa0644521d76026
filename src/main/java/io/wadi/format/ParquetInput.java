package io.wadi.format;

import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.file.SeekableInput;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A Parquet file.
 *
 * @param length the size in bytes
 * @param content opens the file at its beginning
 */
public record ParquetInput<S extends InputStream & SeekableInput>(long length, ThrowingSupplier<S, IOException> content)
        implements InputFile {

    @Override
    public long getLength() {
        return length;
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
        S opened = content.get();
        return new DelegatingSeekableInputStream(opened) {
            @Override
            public long getPos() throws IOException {
                return opened.tell();
            }

            @Override
            public void seek(long position) throws IOException {
                opened.seek(position);
            }
        };
    }
}
