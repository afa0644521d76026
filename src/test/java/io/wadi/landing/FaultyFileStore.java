package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.FaultPoint.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.function.ThrowingSupplier;

/** A {@link FileStore} that stops the process at a {@link FaultPoint}. */
public final class FaultyFileStore implements FileStore {
    private final FileStore store;
    private final FaultPoint point;

    /**
     * Creates a store.
     *
     * @param store the store that performs the operations
     * @param point where the process stops
     */
    public FaultyFileStore(FileStore store, FaultPoint point) {
        this.store = store;
        this.point = point;
    }

    private static <T> T at(FaultPoint point, Operation operation, ThrowingSupplier<T, IOException> step)
            throws IOException {
        point.pass(operation, true);
        T result = step.get();
        point.pass(operation, false);
        return result;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        at(point, Operation.RAISE, () -> {
            store.makeDirectory(path);
            return null;
        });
    }

    @Override
    public Page page(String directory, String after) throws IOException {
        return at(point, Operation.LIST, () -> store.page(directory, after));
    }

    @Override
    public Optional<Entry> find(String path) throws IOException {
        return at(point, Operation.LIST, () -> store.find(path));
    }

    @Override
    public void delete(String path) throws IOException {
        at(point, Operation.DELETE, () -> {
            store.delete(path);
            return null;
        });
    }

    @Override
    public Output create(String path) throws IOException {
        return new FaultyOutput(at(point, Operation.CREATE, () -> store.create(path)), point);
    }

    @Override
    public InputStream open(String path) throws IOException {
        return store.open(path);
    }

    @Override
    public long length(String path) throws IOException {
        return store.length(path);
    }

    @Override
    public void concat(String target, List<String> sources) throws IOException {
        at(point, Operation.CONCAT, () -> {
            store.concat(target, sources);
            return null;
        });
    }

    @Override
    public void setModified(String path, Instant modified) throws IOException {
        store.setModified(path, modified);
    }

    @Override
    public void replace(String source, String target) throws IOException {
        at(point, Operation.REPLACE, () -> {
            store.replace(source, target);
            return null;
        });
    }

    @Override
    public void rename(String source, String target) throws IOException {
        at(point, Operation.RENAME, () -> {
            store.rename(source, target);
            return null;
        });
    }

    private static final class FaultyOutput extends Output {
        private final Output output;
        private final FaultPoint point;

        FaultyOutput(Output output, FaultPoint point) {
            this.output = output;
            this.point = point;
        }

        @Override
        public void write(int b) throws IOException {
            output.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            at(point, Operation.WRITE, () -> {
                output.write(bytes, offset, length);
                return null;
            });
        }

        @Override
        public long written() {
            return output.written();
        }

        @Override
        public void sync() throws IOException {
            at(point, Operation.SYNC, () -> {
                output.sync();
                return null;
            });
        }

        @Override
        public void close() throws IOException {
            at(point, Operation.CLOSE, () -> {
                output.close();
                return null;
            });
        }

        @Override
        public void abort() {
            output.abort();
        }
    }
}
