package io.wadi.extension.connectors.hdfs;

import io.wadi.extension.connectors.source.SourceReader;
import io.wadi.hdfs.InputDirectory;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of an HDFS directory, the oldest first, each once:
 *
 * <ul>
 *   <li>Only files that have matching names and that their writers have closed are read.
 *   <li>A file is claimed by a rename, and renamed again once all its rows are committed.
 *   <li>Files that an earlier run left claimed are continued at their committed offset.
 *   <li>A file that cannot be read is renamed to {@code X.failed}, after its dead letter is committed.
 * </ul>
 */
final class HdfsFileReader implements SourceReader {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsFileReader.class);

    private final Plan plan;
    private final InputDirectory directory;
    private final CamelHdfsFiles files;
    private final Consumer<InputFileOffset.State> finished;

    private final Map<Long, InputFileOffset> offsets = new HashMap<>();
    /** The offsets that the next commit removes. */
    private final Map<String, String> ended = new HashMap<>();

    private final Deque<Entry> inputs = new ArrayDeque<>();
    private OpenInput current;

    /**
     * The files to read and their format.
     *
     * @param maxRows the maximum number of rows of a poll
     */
    record Plan(FileNames names, FileFormat.Options options, int maxRows) {}

    /**
     * Creates a reader.
     *
     * @param files closed by {@link #close}
     * @param finished called for each file that has got its final name
     */
    HdfsFileReader(
            Plan plan, InputDirectory directory, CamelHdfsFiles files, Consumer<InputFileOffset.State> finished) {
        this.plan = plan;
        this.directory = directory;
        this.files = files;
        this.finished = finished;
    }

    @Override
    public void start(Map<String, String> committed) {
        committed.forEach((id, offset) -> offsets.put(Long.valueOf(id), InputFileOffset.of(offset)));
    }

    @Override
    public Poll poll() throws Exception {
        if (current != null && current.offset().isFinished()) {
            finish();
        }
        if (current == null) {
            Optional<Poll> failed = openNext();
            if (failed.isPresent()) {
                return failed.get();
            }
        }
        if (current == null) {
            return withEnded(Poll.EMPTY);
        }
        Poll reading = current.next(plan.maxRows(), Instant.now());
        offsets.put(current.file().id(), current.offset());
        return withEnded(reading);
    }

    private Poll withEnded(Poll reading) {
        Map<String, String> all = new HashMap<>(ended);
        all.putAll(reading.offsets());
        ended.clear();
        return new Poll(reading.records(), all);
    }

    /** Renames a file to its final name, after its last offset is committed. */
    private void finish() throws IOException, InterruptedException {
        Entry file = current.file();
        InputFileOffset offset = current.offset();
        current = null;
        files.release();
        String released = FileNames.released(file);
        // If another file has this name, the next survey finds the file by its id.
        if (directory.find(released).filter(found -> found.id() == file.id()).isPresent()) {
            rename(new Survey.Rename(
                    new Entry(released, file.id(), false, file.length(), file.modified()),
                    Survey.finalName(file, offset),
                    true));
        }
    }

    /** Claims the next file. Returns a poll with its dead letter if the file cannot be claimed. */
    private Optional<Poll> openNext() throws IOException, InterruptedException {
        if (inputs.isEmpty()) {
            survey();
        }
        while (current == null && !inputs.isEmpty()) {
            Entry file = inputs.remove();
            if (!FileNames.isClaimable(file.name())) {
                return Optional.of(refuse(file));
            }
            claim(file);
        }
        return Optional.empty();
    }

    private Poll refuse(Entry file) {
        String path = path(file);
        InputFileOffset failed = InputFileOffset.beginning(path, file.length()).to(0, 0, InputFileOffset.State.FAILED);
        offsets.put(file.id(), failed);
        return withEnded(new Poll(
                List.of(
                        OpenInput.unreadable(
                                path,
                                1,
                                Instant.now(),
                                new UnreadableFileException(
                                        "camel-hdfs cannot read a name with a space, %, * or another such character; rename the file"))),
                Map.of(Long.toString(file.id()), failed.text())));
    }

    private void claim(Entry file) throws IOException, InterruptedException {
        if (!isClosed(file)) {
            return;
        }
        FSDataInputStream content = files.open(file.name());
        if (content == null) {
            files.release();
            return; // It was renamed or deleted since the survey.
        }
        // Another file may have got this name since the survey.
        Entry claimed = directory
                .find(file.name() + "." + FileNames.OPENED)
                .orElseThrow(() -> new IOException("%s: found no such file after claiming it".formatted(path(file))));
        current = new OpenInput(
                claimed,
                plan.options(),
                new HdfsContent(content, claimed.length()),
                offsets.get(claimed.id()),
                path(claimed));
        if (current.offset().rows() > 0) {
            LOG.info(
                    "{}: continuing {} from row {}",
                    directory.path(),
                    claimed.name(),
                    current.offset().rows() + 1);
        }
    }

    private boolean isClosed(Entry file) throws IOException {
        try {
            return directory.isClosed(file.name());
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    private String path(Entry file) {
        return directory.path() + "/" + FileNames.original(file);
    }

    private void survey() throws IOException {
        boolean isChanged = true;
        while (isChanged) {
            Survey survey = new Survey(plan.names(), offsets);
            directory.forEach(survey::add);
            survey.ended().forEach(this::end);
            isChanged = false;
            for (Survey.Rename each : survey.renames()) {
                isChanged = (rename(each) && !each.isFinal()) || isChanged;
            }
            inputs.clear();
            inputs.addAll(survey.inputs());
        }
    }

    private void end(long id) {
        InputFileOffset offset = offsets.remove(id);
        if (!offset.isFinished()) {
            LOG.warn(
                    "{} was renamed or deleted by others after {} of its rows were read; its other rows are not read",
                    offset.path(),
                    offset.rows());
        }
        ended.put(Long.toString(id), null);
    }

    /** Renames a file; returns false if another process has already renamed or deleted it. */
    private boolean rename(Survey.Rename rename) throws IOException {
        Entry file = rename.file();
        try {
            directory.rename(file.name(), rename.newName());
        } catch (FileNotFoundException e) {
            LOG.debug("{} was renamed by others", file.name(), e);
            return false;
        } catch (FileAlreadyExistsException e) {
            directory.rename(file.name(), FileNames.numbered(rename.newName(), file.id()));
        }
        if (rename.isFinal()) {
            InputFileOffset offset = offsets.get(file.id());
            finished.accept(offset.state());
            if (offset.state() == InputFileOffset.State.FAILED) {
                LOG.warn("{} cannot be read: sent a dead letter, renamed it to {}", offset.path(), rename.newName());
            }
            end(file.id());
        }
        return true;
    }

    @Override
    public void close() {
        files.close();
    }
}
