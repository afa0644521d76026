package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskQueueTest {
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final Queue<Runnable> nextIteration = new ArrayDeque<>();
    private long now;
    private final TaskQueue queue = new TaskQueue(loop::add, nextIteration::add, () -> now);
    private final List<Integer> done = new ArrayList<>();

    private static TaskQueue.Task task(Runnable work) {
        return new TaskQueue.Task() {
            @Override
            protected void run() {
                work.run();
            }
        };
    }

    private TaskQueue.Task doing(int number) {
        return task(() -> done.add(number));
    }

    @Test
    void tasksAddedBeforeTheLoopRuns_runTogetherInOrder() {
        queue.add(doing(1));
        queue.add(doing(2));
        queue.add(doing(3));
        assertThat(loop).hasSize(1);
        loop.remove().run();
        assertThat(done).containsExactly(1, 2, 3);
        queue.add(doing(4));
        assertThat(loop).hasSize(1);
        loop.remove().run();

        assertThat(done).containsExactly(1, 2, 3, 4);
    }

    @Test
    void taskThatExhaustsTheStack_doesNotStopOtherTasks() {
        queue.add(task(() -> {
            throw new StackOverflowError();
        }));
        queue.add(doing(1));
        loop.remove().run();

        assertThat(done).containsExactly(1);
    }

    @Test
    void tasksAddedWhileRunning_runNext_andATaskMayAddItself() {
        TaskQueue.Task[] itself = new TaskQueue.Task[1];
        itself[0] = task(() -> {
            done.add(done.size());
            if (done.size() < 3) {
                queue.add(itself[0]);
            }
        });

        queue.add(itself[0]);
        while (!loop.isEmpty()) {
            loop.remove().run();
        }

        assertThat(done).containsExactly(0, 1, 2);
    }

    @Test
    void failingTask_doesNotStopOtherTasks() {
        queue.add(doing(1));
        queue.add(task(() -> {
            throw new IllegalStateException("this is a test's");
        }));
        queue.add(doing(2));

        loop.remove().run();

        assertThat(done).containsExactly(1, 2);
    }

    private TaskQueue.Task lasting(Duration time, int number) {
        return task(() -> {
            done.add(number);
            now += time.toNanos();
        });
    }

    /** Kafka may fail all events in flight at once, each of which has a task. */
    @Test
    void longQueue_isRunInSeveralIterations_inOrder() {
        for (int i = 0; i < 1_000; i++) {
            queue.add(lasting(Duration.ofNanos(100_000), i));
        }
        loop.remove().run();
        assertThat(done).as("2 ms of tasks, and those until the clock is read").hasSizeBetween(20, 40);
        assertThat(nextIteration).hasSize(1);

        queue.add(doing(1_000));
        loop.remove().run();
        assertThat(done).as("tasks wait for those before them").hasSizeLessThanOrEqualTo(40);

        while (!nextIteration.isEmpty()) {
            int before = done.size();
            nextIteration.remove().run();
            assertThat(done.size() - before).isBetween(1, 40);
        }
        assertThat(done).isEqualTo(IntStream.rangeClosed(0, 1_000).boxed().toList());
        assertThat(loop).isEmpty();

        queue.add(doing(1_001));
        loop.remove().run();
        assertThat(done).last().isEqualTo(1_001);
    }

    @Test
    void tasksFromManyThreads_allRunInOrderPerThread() throws Exception {
        int threads = 4;
        int each = 50_000;
        ExecutorService one = Executors.newSingleThreadExecutor();
        TaskQueue shared = new TaskQueue(one, one, System::nanoTime);
        List<int[]> taken = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(threads * each);
        List<Thread> adding = IntStream.range(0, threads)
                .mapToObj(thread -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        int[] element = {thread, i};
                        shared.add(task(() -> {
                            taken.add(element);
                            all.countDown();
                        }));
                    }
                }))
                .toList();

        adding.forEach(Thread::start);
        for (Thread thread : adding) {
            thread.join();
        }
        assertThat(all.await(2, TimeUnit.MINUTES)).isTrue();
        one.shutdown();

        int[] next = new int[threads];
        for (int[] element : taken) {
            assertThat(element[1]).isEqualTo(next[element[0]]++);
        }
        assertThat(next).containsOnly(each);
    }
}
