package io.wadi.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Valid expositions round-trip; any other input causes no unexpected exception, and every invalid line is reported. */
class ExpositionPropertyTest {
    private static final String[] PIECES = {
        "a",
        "metric:x_total",
        "{",
        "}",
        "le",
        "=",
        "\"",
        "\\",
        "\\n",
        ",",
        " ",
        "\t",
        "1",
        "-0.5e3",
        "NaN",
        "+Inf",
        "#",
        "# EOF",
        "# TYPE a counter",
        "\n",
        "\r",
        "\u0000",
        "ü",
        "\ud83d\ude00",
        "1763600400000",
        "é\""
    };

    @Property(tries = 2000)
    void writtenSamples_roundTrip(@ForAll("samples") List<Sample> samples, @ForAll long seed) throws ScrapeException {
        for (ExpositionFormat format : ExpositionFormat.values()) {
            String text = written(samples, format, new Random(seed));

            Read read = Read.of(text.getBytes(UTF_8), format);

            assertThat(read.refused).isEmpty();
            assertThat(read.samples)
                    .extracting(sample ->
                            new Sample(sample.name(), sample.labels(), sample.value(), sample.timestampMs(), 0))
                    .isEqualTo(samples);
        }
    }

    @Property(tries = 2000)
    void anyBytes_areReadTheSame_inAnyPieces(@ForAll long seed) throws ScrapeException {
        Random random = new Random(seed);
        byte[] bytes = anything(random);
        Read whole = Read.of(bytes, ExpositionFormat.TEXT);

        Read pieces = Read.of(inPieces(bytes, random), ExpositionFormat.TEXT);

        assertThat(pieces.samples).isEqualTo(whole.samples);
        assertThat(pieces.refused).isEqualTo(whole.refused);
    }

    @Property(tries = 2000)
    void anyLine_isASample_rejected_orIgnored(@ForAll long seed) throws ScrapeException {
        byte[] bytes = anything(new Random(seed));
        Read read = Read.of(bytes, ExpositionFormat.TEXT);

        List<String> lines = List.of(new String(bytes, UTF_8).split("\n", -1));
        long silent = lines.stream()
                .map(line -> line.replaceFirst("^[ \t]+", ""))
                .filter(line -> line.isEmpty() || line.startsWith("#"))
                .filter(line -> !line.contains("\ufffd"))
                .count();
        assertThat(read.samples.size() + read.refused.size()).isEqualTo(lines.size() - (int) silent);
    }

    @Property(tries = 2000)
    void corruptedInput_doesNotBreakTheReader(@ForAll("samples") List<Sample> samples, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = written(samples, ExpositionFormat.OPEN_METRICS, random).getBytes(UTF_8);
        for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
            Read read = Read.of(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), ExpositionFormat.OPEN_METRICS);
            assertThat(read.samples.size()).isLessThanOrEqualTo(samples.size() + 3);
        } catch (ScrapeException e) {
            assertThat(e).hasMessageContaining("# EOF is missing");
        }
    }

    @Provide
    Arbitrary<List<Sample>> samples() {
        Arbitrary<String> names = Arbitraries.strings()
                .withChars("abz_:019")
                .ofMinLength(1)
                .ofMaxLength(12)
                .map(name -> Character.isDigit(name.charAt(0)) ? "m" + name : name);
        Arbitrary<String> labelNames = names.map(name -> name.replace(':', '_'));
        Arbitrary<String> values = Arbitraries.strings()
                .withChars("ab \\\"\n#{}=,\t\u00fc\u20ac")
                .ofMinLength(1)
                .ofMaxLength(15);
        Arbitrary<Map<String, String>> labels =
                Arbitraries.maps(labelNames, values).ofMaxSize(4).map(TreeMap::new);
        Arbitrary<Double> numbers = Arbitraries.doubles()
                .withSpecialValue(Double.NaN)
                .withSpecialValue(Double.POSITIVE_INFINITY)
                .withSpecialValue(Double.NEGATIVE_INFINITY);
        Arbitrary<Long> times =
                Arbitraries.longs().between(-1_000_000, 4_000_000_000_000L).injectNull(0.5);
        return Combinators.combine(names, labels, numbers, times)
                .as((name, own, value, time) -> new Sample(name, own, value, time, 0))
                .list()
                .ofMaxSize(8);
    }

    private static String written(List<Sample> samples, ExpositionFormat format, Random random) {
        StringBuilder text = new StringBuilder();
        for (Sample sample : samples) {
            if (random.nextInt(4) == 0) {
                text.append("# HELP ").append(sample.name()).append(" What it is.\n");
            }
            text.append(sample.name());
            if (!sample.labels().isEmpty() || random.nextBoolean()) {
                text.append(labels(sample.labels()));
            }
            text.append(' ').append(number(sample.value()));
            if (sample.timestampMs() != null) {
                text.append(' ').append(time(sample.timestampMs(), format));
            }
            if (format == ExpositionFormat.OPEN_METRICS && random.nextInt(3) == 0) {
                text.append(" # ").append(labels(sample.labels())).append(" 0.5");
            }
            text.append('\n');
        }
        return format == ExpositionFormat.OPEN_METRICS ? text + "# EOF\n" : text.toString();
    }

    private static String labels(Map<String, String> labels) {
        List<String> written = new ArrayList<>();
        labels.forEach((name, value) -> written.add(
                name + "=\"" + value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"") + "\""));
        return "{" + String.join(",", written) + "}";
    }

    private static String number(double value) {
        return Double.isInfinite(value) ? value > 0 ? "+Inf" : "-Inf" : Double.toString(value);
    }

    private static String time(long ms, ExpositionFormat format) {
        return format == ExpositionFormat.TEXT
                ? Long.toString(ms)
                : BigDecimal.valueOf(ms, 3).toPlainString();
    }

    /** Returns lines of random bytes and of tokens of the formats in random order. */
    private static byte[] anything(Random random) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, random.nextInt(60)).forEach(i -> text.append(PIECES[random.nextInt(PIECES.length)]));
        byte[] bytes = text.toString().getBytes(UTF_8);
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static FilterInputStream inPieces(byte[] bytes, Random random) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] read_, int offset, int length) throws IOException {
                return super.read(read_, offset, Math.min(length, 1 + random.nextInt(3)));
            }
        };
    }
}
