package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.source.SourceReaders;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers of the files of a route. The files that a reader has open remain open after a failure and during a
 * rebalance, so that the next reader can read a file to its end that is deleted, or renamed to a name that does not
 * match, meanwhile.
 */
final class FileReaders implements SourceReaders {
    private static final Logger LOG = LoggerFactory.getLogger(FileReaders.class);

    private final FileReader.Plan plan;
    private final Clock clock;
    /** The open files by inode while no reader has them. */
    private final Map<String, TailedFile> held = new LinkedHashMap<>();

    private boolean isReleased;

    FileReaders(FileReader.Plan plan, Clock clock) {
        this.plan = plan;
        this.clock = clock;
    }

    @Override
    public FileReader create(String routeId) {
        isReleased = false;
        return new FileReader(plan, held, clock);
    }

    /** Keeps only files that the new owner cannot open, and of which bytes are unread. */
    @Override
    public void release() {
        if (held.isEmpty() || isReleased) {
            return;
        }
        try {
            List<TailedFile> unreachable = unreachable();
            for (TailedFile each : List.copyOf(held.values())) {
                if (unreachable.contains(each)) {
                    LOG.warn(
                            "{} was removed before its end was read: keeping it open until this process owns the source again",
                            each.offset().path());
                } else {
                    held.remove(each.offset().inode()).close();
                }
            }
            isReleased = true;
        } catch (IOException e) {
            LOG.debug("{} cannot be listed: keeping its files open", plan.directory(), e);
        }
    }

    /** Returns the files that are in no listing any more, and of which bytes are unread. */
    private List<TailedFile> unreachable() throws IOException {
        Set<String> listed = new HashSet<>();
        try {
            FileSnapshot.all(plan.directory(), plan.pattern(), (path, e) -> {})
                    .forEach(each -> listed.add(each.inode()));
        } catch (NoSuchFileException e) {
            LOG.debug("{} was removed", plan.directory(), e);
        }
        List<TailedFile> unreachable = new ArrayList<>();
        for (TailedFile each : held.values()) {
            if (!listed.contains(each.offset().inode())
                    && each.channel().size() > each.offset().offset()) {
                unreachable.add(each);
            }
        }
        return unreachable;
    }

    @Override
    public void close() {
        try {
            for (TailedFile each : held.isEmpty() ? List.<TailedFile>of() : unreachable()) {
                LOG.warn(
                        "{} was removed before its end was read: its bytes after {} are lost, because the route stops",
                        each.offset().path(),
                        each.offset().offset());
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be listed", plan.directory(), e);
        }
        held.values().forEach(TailedFile::close);
        held.clear();
    }
}
