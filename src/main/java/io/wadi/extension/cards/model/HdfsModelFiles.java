package io.wadi.extension.cards.model;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;

/** Model files in an HDFS directory. */
public final class HdfsModelFiles implements ModelFiles {
    private static final long BLOCK = 128L << 20;

    private final FileStore store;
    private final String directory;

    public HdfsModelFiles(HdfsConnection hdfs, String directory, short replication) {
        this.store = new HdfsFileStore(hdfs, new HdfsFileStore.FileOptions(replication, BLOCK, ""));
        this.directory = directory;
    }

    @Override
    public List<String> names() throws IOException {
        return store.list(directory).stream().map(FileStore.Entry::name).toList();
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try (InputStream file = store.open(directory + "/" + name)) {
            return Optional.of(file.readAllBytes());
        } catch (FileNotFoundException none) {
            return Optional.empty();
        }
    }

    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        String temporary = temporary(bytes);
        try {
            store.rename(temporary, directory + "/" + name);
            return true;
        } catch (FileAlreadyExistsException e) {
            store.delete(temporary);
            return false;
        }
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        store.replace(temporary(bytes), directory + "/" + name);
    }

    /** Writes a file with a hidden name and returns its path. */
    private String temporary(byte[] bytes) throws IOException {
        store.makeDirectory(directory);
        String temporary = directory + "/.begun-" + UUID.randomUUID();
        store.write(temporary, bytes);
        return temporary;
    }

    @Override
    public String place() {
        return "hdfs:" + directory;
    }
}
