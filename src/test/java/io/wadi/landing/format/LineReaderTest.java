package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LineReaderTest {
    private static final List<String> NAMES = List.of("f.jsonl", "f.jsonl.gz", "f.jsonl.zst");

    @Property(tries = 200)
    void next_returnsEachLine_alsoOfConcatenatedFiles(@ForAll("lines") List<String> lines, @ForAll("cut") int cut)
            throws IOException {
        int end = Math.min(cut, lines.size());
        for (String name : NAMES) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(file(name, lines.subList(0, end)));
            both.write(file(name, lines.subList(end, lines.size())));

            assertThat(read(name, both.toByteArray())).as(name).isEqualTo(lines);
        }
    }

    @Property(tries = 200)
    void next_truncatedFile_isDetected(@ForAll("lines") List<String> lines, @ForAll("cut") int cut) throws IOException {
        for (String name : NAMES) {
            byte[] whole = file(name, lines);
            byte[] left = Arrays.copyOf(whole, Math.max(0, whole.length - 1 - cut));

            List<String> found;
            try {
                found = read(name, left);
            } catch (IOException e) {
                continue;
            }
            assertThat(found).as("%s: only lines that end", name).isEqualTo(lines.subList(0, found.size()));
            assertThat(name).isEqualTo("f.jsonl");
        }
    }

    @Example
    void next_lineWithoutLineFeed_isRejected() {
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> read("f.jsonl", "a\nb".getBytes(UTF_8)))
                .withMessage("the file ends within a line");
    }

    @Example
    void close_releasesTheDecompressor() throws IOException {
        for (String name : List.of("f.jsonl.gz", "f.jsonl.zst")) {
            byte[] content = file(name, Collections.nCopies(3, "x".repeat(140_000)));
            LineReader reader = new LineReader(name, new ByteArrayInputStream(content));
            assertThat(reader.next()).hasSize(140_000);

            reader.close();

            assertThatIOException().as(name).isThrownBy(reader::next).withMessage("Stream closed");
        }
    }

    @Provide
    Arbitrary<List<String>> lines() {
        return Arbitraries.oneOf(
                        Arbitraries.strings().excludeChars('\n').ofMaxLength(20),
                        Arbitraries.integers().between(65_000, 140_000).map("x"::repeat))
                .filter(line -> UTF_8.newEncoder().canEncode(line))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<Integer> cut() {
        return Arbitraries.integers().between(0, 6);
    }

    private static byte[] file(String name, List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = name.endsWith(".gz")
                ? new GZIPOutputStream(bytes)
                : name.endsWith(".zst") ? new ZstdOutputStream(bytes) : bytes) {
            for (String line : lines) {
                out.write((line + "\n").getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<String> read(String name, byte[] content) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(name, new ByteArrayInputStream(content))) {
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
                lines.add(new String(line, UTF_8));
            }
        }
        return lines;
    }
}
