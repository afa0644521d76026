package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.LandedFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.function.ThrowingSupplier;

/**
 * An in-memory {@link FileStore} with the guarantees of the interface and no more: unsynced bytes are lost, a deleted
 * file cannot be closed, and an open file cannot be renamed. Tests can make any operation fail.
 */
public final class MemoryFileStore implements FileStore {
    public enum Operation {
        MAKE_DIRECTORY,
        LIST,
        DELETE,
        CREATE,
        WRITE,
        SYNC,
        CLOSE,
        OPEN,
        LENGTH,
        CONCAT,
        SET_MODIFIED,
        REPLACE,
        RENAME
    }

    public enum Outcome {
        DONE,
        /** The operation is not performed and fails. */
        FAILED,
        /** The operation is performed but fails. */
        ANSWER_LOST,
        /** The caller is killed before the operation. */
        KILLED_BEFORE,
        /** The caller is killed after the operation. */
        KILLED_AFTER
    }

    /** Simulates the kill of a process: the code under test must not catch it. */
    public static final class Killed extends Error {}

    private static final int PAGE = 3;

    // In order of creation: listings are reproducible although the names of owner directories are random.
    private final Set<String> directories = new LinkedHashSet<>();
    private final Map<String, File> files = new LinkedHashMap<>();
    /** The outputs that were neither closed nor aborted. */
    private final Set<Output> open = new HashSet<>();

    private final List<String> calls = new ArrayList<>();
    private final List<String> listed = new ArrayList<>();
    private BiFunction<Operation, String, Outcome> faults = (operation, path) -> Outcome.DONE;

    private static final class File {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int synced;
        private boolean closed;
        private Instant modified = Instant.EPOCH;
    }

    // ---- used by tests

    /** Returns the landed files of each listed page. */
    List<String> listed() {
        return listed.stream().filter(page -> !page.isEmpty()).toList();
    }

    /** Returns all calls so far, each with its operation and path. */
    public List<String> calls() {
        return calls;
    }

    /** Sets the function that determines the outcome of each further call. */
    public void setFaults(BiFunction<Operation, String, Outcome> faults) {
        this.faults = faults;
    }

    /** Sets the outcome of one further call of an operation, the calls being counted from 1. */
    public void fail(Operation failing, int call, Outcome outcome) {
        int[] left = {call};
        faults = (operation, path) -> operation == failing && --left[0] == 0 ? outcome : Outcome.DONE;
    }

    /** Adds a closed file, as an external writer would, with the time at which it was closed. */
    public void put(String path, String content, Instant modified) {
        put(path, content);
        files.get(path).modified = modified;
    }

    /** Adds a closed file, as an external writer would. */
    public void put(String path, String content) {
        directories.add(parent(path));
        File file = new File();
        file.written.writeBytes(content.getBytes(UTF_8));
        file.synced = file.written.size();
        file.closed = true;
        files.put(path, file);
    }

    /** Returns the paths of all files. */
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    /** Returns the synced content, as after a power failure. */
    public byte[] read(String path) {
        File file = files.get(path);
        return Arrays.copyOf(file.written.toByteArray(), file.synced);
    }

    /** Removes a file, as users may, and returns its content. */
    public byte[] take(String path) {
        byte[] content = read(path);
        files.remove(path);
        return content;
    }

    /** Returns whether a file was neither closed nor aborted. */
    public boolean hasOpenFiles() {
        return !open.isEmpty();
    }

    // ---- the operations

    @Override
    public void makeDirectory(String path) throws IOException {
        perform(Operation.MAKE_DIRECTORY, path, () -> {
            for (String directory = path; !directory.isEmpty(); directory = parent(directory)) {
                directories.add(directory);
            }
            return path;
        });
    }

    @Override
    public Page page(String directory, String after) throws IOException {
        return perform(Operation.LIST, directory, () -> {
            List<Entry> entries = Stream.concat(directories.stream(), files.keySet().stream())
                    .filter(path -> parent(path).equals(directory))
                    .map(this::entry)
                    .filter(entry -> entry.name().compareTo(after) > 0)
                    .sorted(Comparator.comparing(Entry::name))
                    .toList();
            Page page = new Page(entries.subList(0, Math.min(PAGE, entries.size())), entries.size() > PAGE);
            listed.add(page.entries().stream()
                    .flatMap(entry -> LandedFile.parse(entry.name()).stream())
                    .map(file -> file.first() + "-" + file.last())
                    .collect(Collectors.joining(" ")));
            return page;
        });
    }

    private Entry entry(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean isDirectory = directories.contains(path);
        return isDirectory
                ? new Entry(name, true, 0, Instant.EPOCH)
                : new Entry(name, false, read(path).length, files.get(path).modified);
    }

    @Override
    public Optional<Entry> find(String path) throws IOException {
        return perform(
                Operation.LIST,
                path,
                () -> directories.contains(path) || files.containsKey(path)
                        ? Optional.of(entry(path))
                        : Optional.empty());
    }

    @Override
    public void delete(String path) throws IOException {
        perform(Operation.DELETE, path, () -> {
            files.keySet().removeIf(each -> isIn(path, each));
            return directories.removeIf(each -> isIn(path, each));
        });
    }

    @Override
    public Output create(String path) throws IOException {
        Output created = perform(Operation.CREATE, path, () -> {
            if (!directories.contains(parent(path))) {
                throw new FileNotFoundException(parent(path) + " does not exist");
            }
            if (files.containsKey(path)) {
                throw new FileAlreadyExistsException(path);
            }
            File file = new File();
            files.put(path, file);
            return new MemoryOutput(path, file);
        });
        open.add(created);
        return created;
    }

    @Override
    public InputStream open(String path) throws IOException {
        return perform(Operation.OPEN, path, () -> {
            if (!files.containsKey(path)) {
                throw new FileNotFoundException(path + " does not exist");
            }
            return new ByteArrayInputStream(read(path));
        });
    }

    @Override
    public long length(String path) throws IOException {
        return perform(Operation.LENGTH, path, () -> closed(path).synced);
    }

    @Override
    public void concat(String target, List<String> sources) throws IOException {
        perform(Operation.CONCAT, target, () -> {
            File whole = closed(target);
            List<File> parts = new ArrayList<>();
            for (String source : sources) {
                parts.add(closed(source));
                if (!parent(source).equals(parent(target)) || read(source).length == 0) {
                    throw new IOException(source + " is empty or in another directory");
                }
            }
            for (File part : parts) {
                whole.written.write(part.written.toByteArray(), 0, part.synced);
            }
            whole.synced = whole.written.size();
            return files.keySet().removeAll(sources);
        });
    }

    @Override
    public void setModified(String path, Instant modified) throws IOException {
        perform(Operation.SET_MODIFIED, path, () -> {
            closed(path).modified = modified;
            return path;
        });
    }

    @Override
    public void replace(String source, String target) throws IOException {
        perform(Operation.REPLACE, source, () -> {
            File file = closed(source);
            if (!directories.contains(parent(target))) {
                throw new FileNotFoundException(parent(target) + " does not exist");
            }
            files.remove(source);
            return files.put(target, file);
        });
    }

    private File closed(String path) throws IOException {
        File file = files.get(path);
        if (file == null) {
            throw new FileNotFoundException(path + " does not exist");
        }
        if (!file.closed) {
            throw new IOException(path + " is still open");
        }
        return file;
    }

    @Override
    public void rename(String source, String target) throws IOException {
        perform(Operation.RENAME, source, () -> {
            File file = closed(source);
            if (!directories.contains(parent(target))) {
                throw new FileNotFoundException(parent(target) + " does not exist");
            }
            if (files.putIfAbsent(target, file) != null) {
                throw new FileAlreadyExistsException(target);
            }
            return files.remove(source);
        });
    }

    private <T> T perform(Operation operation, String path, ThrowingSupplier<T, IOException> action)
            throws IOException {
        Outcome outcome = faults.apply(operation, path);
        calls.add(operation + " " + path);
        switch (outcome) {
            case FAILED -> throw new IOException("no answer");
            case KILLED_BEFORE -> throw new Killed();
            default -> {
                T result = action.get();
                if (outcome == Outcome.ANSWER_LOST) {
                    throw new IOException("the answer was lost");
                }
                if (outcome == Outcome.KILLED_AFTER) {
                    throw new Killed();
                }
                return result;
            }
        }
    }

    private static boolean isIn(String directory, String path) {
        return path.equals(directory) || path.startsWith(directory + "/");
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private final class MemoryOutput extends Output {
        private final String path;
        private final File file;

        MemoryOutput(String path, File file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            perform(Operation.WRITE, path, () -> {
                file.written.write(bytes, offset, length);
                return length;
            });
        }

        @Override
        public long written() {
            return file.written.size();
        }

        @Override
        public void sync() throws IOException {
            perform(Operation.SYNC, path, () -> {
                file.synced = file.written.size();
                return path;
            });
        }

        @Override
        public void close() throws IOException {
            perform(Operation.CLOSE, path, () -> {
                if (files.get(path) != file) {
                    throw new FileNotFoundException(path + " does not exist");
                }
                file.closed = true;
                open.remove(this);
                return path;
            });
        }

        @Override
        public void abort() {
            file.closed = true;
            open.remove(this);
        }
    }
}
