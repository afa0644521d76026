package io.wadi.extension.cards.model;

import io.wadi.runtime.config.DirectoryListing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Model files in a local directory. */
public final class LocalModelFiles implements ModelFiles {
    private final Path directory;

    public LocalModelFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<String> names() throws IOException {
        try {
            return DirectoryListing.of(directory, "*").stream()
                    .map(each -> each.getFileName().toString())
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(directory.resolve(name)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        Path temporary = temporary();
        try {
            Files.write(temporary, bytes);
            Files.createLink(directory.resolve(name), temporary); // unlike a move, it fails if the file exists
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        Path temporary = temporary();
        try {
            Files.write(temporary, bytes); // with the permissions of the umask, unlike Files.createTempFile
            Files.move(
                    temporary,
                    directory.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Returns a new hidden path in the directory, which it creates if needed. */
    private Path temporary() throws IOException {
        Files.createDirectories(directory);
        return directory.resolve(".begun-" + UUID.randomUUID());
    }

    @Override
    public String place() {
        return directory.toString();
    }
}
