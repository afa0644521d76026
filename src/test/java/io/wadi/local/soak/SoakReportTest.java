package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.soak.Chart.Line;
import io.wadi.local.soak.Slope.Point;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class SoakReportTest {
    @TempDir
    private Path directory;

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    @Test
    void write_ofARun_createsASelfContainedPage_andTheRawSeries() throws Exception {
        SoakResult result = ExampleRun.well();

        Path page = SoakFiles.write(result, directory);

        assertThat(page)
                .content()
                .contains("Nothing lost, nothing duplicated")
                .doesNotContain("{{", "NaN", "http", "<script");
        assertThat(directory.resolve("traffic.csv")).content().hasLineCount(1 + 1_500);
        assertThat(directory.resolve("offsets.csv"))
                .content()
                .startsWith("second,partition,in_kafka,landed,indexed\n0,0,");
        assertThat(directory.resolve("processes.csv"))
                .content()
                .contains("\n2.5,landing-1,1,")
                .doesNotContain("NaN");
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("soak.json").toFile());
        assertThat(json.path("well").asBoolean()).isTrue();
        assertThat(json.path("faults")).hasSize(result.faults().size());
        assertThat(json.path("growth_an_hour")).hasSize(6);
    }

    @Test
    void html_ofARun_showsEachFaultInTheTableAndInEachChart() {
        SoakResult result = ExampleRun.well();

        String page = SoakReport.html(result);

        List<String> pictures = Pattern.compile("(?s)<svg viewBox=\"0 0 960.*?</svg>")
                .matcher(page)
                .results()
                .map(found -> found.group())
                .toList();
        assertThat(pictures).hasSize(7).allSatisfy(picture -> {
            Document svg = parse(picture);
            assertThat(svg.getElementsByTagName("circle").getLength())
                    .isEqualTo(result.faults().size());
            assertThat(svg.getElementsByTagName("path").getLength()).isBetween(2, 6);
        });
        assertThat(result.faults())
                .hasSize(12)
                .allSatisfy(each -> assertThat(page)
                        .contains("<td>%s</td>".formatted(each.fault().text())));
        assertThat(page).contains("./wadi soak --for 25m --rate 200 --seed 42", "No process has grown significantly.");
    }

    @Test
    void html_ofARunWithLosses_reportsThem() {
        String page = SoakReport.html(ExampleRun.with(
                List.of("landing-2 has ended unexpectedly, see <log>"),
                new Oracle.Found(170_000, 170_010, 3, 0, 170_008, 2, 0, 170_010, 0, 0)));

        assertThat(page)
                .contains(
                        "<section class=\"summary bad\">",
                        "Lost or duplicated",
                        "<p>3 events with a receipt are not in Kafka.</p>",
                        "<p>2 events are not in HDFS.</p>",
                        "<p>landing-2 has ended unexpectedly, see &lt;log&gt;</p>");
    }

    @Test
    void runWithoutReceipts_isNotWell() {
        SoakResult result = ExampleRun.with(List.of(), new Oracle.Found(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

        assertThat(result.isWell()).isFalse();
        assertThat(SoakReport.html(result))
                .contains("<section class=\"summary bad\">", "<p>No event has a receipt, so nothing was tested.</p>");
    }

    @ParameterizedTest
    @CsvSource({"0.3, 0.5", "1, 1", "1.1, 2", "23, 50", "50, 50", "51, 100", "260, 500"})
    void niceStep_isOneTwoOrFiveTimesAPowerOfTen(double least, double step) {
        assertThat(Chart.niceStep(least)).isEqualTo(step);
    }

    @Test
    void svg_unknownValue_interruptsTheLine() throws Exception {
        Chart chart = new Chart(
                "Lag",
                "records",
                List.of(new Line(
                        "landing",
                        "landing",
                        List.of(
                                new Point(0, 5),
                                new Point(10, 7),
                                new Point(20, Double.NaN),
                                new Point(30, 0),
                                new Point(40, 10)))));

        Document svg = parse(chart.svg(40, List.of()));

        String path = svg.getElementsByTagName("path")
                .item(0)
                .getAttributes()
                .getNamedItem("d")
                .getNodeValue();
        assertThat(path).matches("M[^ML]+ [^ML]+L[^ML]+M[^ML]+L[^ML]+");
        assertThat(svg.getDocumentElement().getTextContent()).contains("records", "15", "00:40");
    }

    /** The file is kept for inspection. */
    @Test
    void example_isWrittenToTarget() throws Exception {
        assertThat(SoakFiles.write(ExampleRun.well(), Path.of("target/soak-example")))
                .isRegularFile()
                .satisfies(page -> assertThat(Files.size(page)).isLessThan(1_000_000));
    }
}
