package io.wadi.local.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A fictitious run for the tests of the report: 25 minutes with a dozen faults. */
final class ExampleRun {
    private static final int SECONDS = 1_500;
    private static final SoakOptions OPTIONS =
            new SoakOptions(Duration.ofSeconds(SECONDS), 200, 42, Path.of("target/soak-example"));

    private ExampleRun() {}

    static SoakResult well() {
        return with(List.of(), new Oracle.Found(170_000, 170_010, 0, 0, 170_010, 0, 0, 170_010, 0, 0));
    }

    static SoakResult with(List<String> problems, Oracle.Found found) {
        List<Recovery> faults = new ArrayList<>();
        List<Traffic> traffic = traffic();
        List<ProgressSample> progress = progress();
        for (Fault each : FaultPlan.of(OPTIONS.seed(), OPTIONS.length())) {
            double began = each.at().toMillis() / 1e3;
            faults.add(Recovery.of(each, began, began + each.lasts().toSeconds(), traffic, progress));
        }
        return new SoakResult(
                OPTIONS,
                Instant.parse("2026-11-22T11:00:00Z"),
                SECONDS,
                180_000,
                faults,
                traffic,
                progress,
                samples(),
                problems,
                found);
    }

    private static List<Traffic> traffic() {
        DayCurve curve = new DayCurve(OPTIONS.length(), OPTIONS.rate());
        List<Traffic> traffic = new ArrayList<>();
        for (int second = 0; second < SECONDS; second++) {
            double offered = curve.at(second);
            double share = second % 300 > 250 && second % 300 < 258 ? 0.3 : 1;
            traffic.add(new Traffic(
                    second, offered, share * offered, (1 - share) * offered * 0.9, (1 - share) * offered * 0.1));
        }
        return traffic;
    }

    private static List<ProgressSample> progress() {
        DayCurve curve = new DayCurve(OPTIONS.length(), OPTIONS.rate());
        List<ProgressSample> progress = new ArrayList<>();
        double sent = 0;
        long landed = 0;
        for (int second = 0; second <= SECONDS; second++) {
            sent += curve.at(second);
            landed = second % 5 == 0 && second % 200 > 15 ? (long) sent : landed;
            progress.add(
                    second % 400 > 380
                            ? new ProgressSample(second, Map.of(), Map.of(), Map.of())
                            : new ProgressSample(
                                    second, Map.of(0, (long) sent), Map.of(0, landed), Map.of(0, (long) sent - 20)));
        }
        return progress;
    }

    private static List<ProcessSample> samples() {
        Random random = new Random(1);
        List<ProcessSample> samples = new ArrayList<>();
        for (double second = 0; second <= SECONDS; second += 2.5) {
            for (Role role : Role.values()) {
                int place = List.of(Role.values()).indexOf(role);
                for (int member = 1; member <= 2; member++) {
                    int life = member == 1 ? 1 + (int) (second / 700) : 1;
                    double age = second - (life - 1) * 700;
                    samples.add(new ProcessSample(
                            second,
                            role.label() + "-" + member,
                            life,
                            40 + 10 * place + (age * 3 % 90),
                            430 + 20 * place + 30 * (1 - Math.exp(-age / 100)) + random.nextDouble(),
                            180 + 30 * place + random.nextInt(5),
                            50 + 9 * place));
                }
            }
        }
        return samples;
    }
}
