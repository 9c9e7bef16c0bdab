@preconcurrency import Board
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(1))) struct SchedulerTests {
        @Test func aQueueKeepsTheOrderAndMakesWhoeverIsTooFastWait() throws {
            let queue = xQueueCreate(2, 4)
            defer { vQueueDelete(queue) }
            let sender = BoardTask {
                for number in Int32(0)..<100 {
                    var item = number
                    xQueueSend(queue, &item, never)
                }
            }
            var received: [Int32] = []
            for _ in 0..<100 {
                var item: Int32 = -1
                #expect(xQueueReceive(queue, &item, 500) == 1)
                received.append(item)
            }
            #expect(received == Array(0..<100))
            #expect(sender.join())
        }

        @Test func aFullQueueAndAnEmptyOneTimeOut() {
            let queue = xQueueCreate(1, 4)
            defer { vQueueDelete(queue) }
            var item: Int32 = 7
            #expect(xQueueReceive(queue, &item, 2) == 0)
            #expect(xQueueSend(queue, &item, 0) == 1)
            #expect(xQueueSend(queue, &item, 2) == 0)
            item = 8
            #expect(xQueueOverwrite(queue, &item) == 1)
            #expect(xQueuePeek(queue, &item, 0) == 1 && item == 8)
            #expect(uxQueueMessagesWaiting(queue) == 1 && uxQueueSpacesAvailable(queue) == 0)
        }

        @Test func theFrontOfAQueueComesFirst() {
            let queue = xQueueCreate(3, 4)
            defer { vQueueDelete(queue) }
            for number in Int32(1)...2 {
                var item = number
                xQueueSendToFront(queue, &item, 0)
            }
            var item: Int32 = 0
            xQueueReceive(queue, &item, 0)
            #expect(item == 2)
        }

        @Test func aTaskWaitsForAllBitsAndClearsThem() {
            let group = xEventGroupCreate()
            defer { vEventGroupDelete(group) }
            #expect(xEventGroupWaitBits(group, 3, 1, 0, 2) == 0)
            let setter = BoardTask {
                xEventGroupSetBits(group, 1)
                vTaskDelay(1)
                xEventGroupSetBits(group, 6)
            }
            #expect(xEventGroupWaitBits(group, 3, 1, 1, 1000) == 7)
            #expect(setter.join())
            #expect(xEventGroupGetBits(group) == 4)
        }

        @Test func aDelayIsInTicksOfTenMilliseconds() {
            board_start_clock()
            let before = board_uptime_ms()
            vTaskDelay(5)
            #expect((50..<2000).contains(board_uptime_ms() - before))
            #expect(xTaskGetTickCount() >= 5)
        }

        @Test func aMutexIsGivenBackOnlyByItsHolder() {
            let mutex = xSemaphoreCreateMutex()
            defer { vSemaphoreDelete(mutex) }
            let notes = Notes()
            let holder = BoardTask {
                xSemaphoreTake(mutex, never)
                ulTaskNotifyTake(1, never)
                notes.note("gives \(xSemaphoreGive(mutex))")
            }
            while xSemaphoreTake(mutex, 0) == 1 {
                // It was quicker than the task.
                let other = BoardTask { notes.note("other \(xSemaphoreGive(mutex))") }
                #expect(other.join() && notes.all == ["other 0"])
                #expect(xSemaphoreGive(mutex) == 1)
                vTaskDelay(1)
            }
            #expect(xSemaphoreGive(mutex) == 0)
            xTaskNotifyGive(holder.handle)
            #expect(holder.join())
            #expect(notes.all.last == "gives 1")
            #expect(xSemaphoreTake(mutex, 0) == 1)
        }

        @Test func aRecursiveMutexIsFreeOnceItWasGivenAsOftenAsTaken() {
            let mutex = xSemaphoreCreateRecursiveMutex()
            defer { vSemaphoreDelete(mutex) }
            let notes = Notes()
            let task = BoardTask {
                for _ in 0..<3 { xSemaphoreTakeRecursive(mutex, never) }
                for _ in 0..<2 { xSemaphoreGiveRecursive(mutex) }
                notes.note("\(uxSemaphoreGetCount(mutex))")
                xSemaphoreGiveRecursive(mutex)
                notes.note("\(uxSemaphoreGetCount(mutex))")
            }
            #expect(task.join())
            #expect(notes.all == ["0", "1"])
        }

        @Test func aCountingSemaphoreHasABound() {
            let semaphore = xSemaphoreCreateCounting(2, 1)
            defer { vSemaphoreDelete(semaphore) }
            #expect(xSemaphoreGive(semaphore) == 1)
            #expect(xSemaphoreGive(semaphore) == 0)
            #expect(xSemaphoreTake(semaphore, 0) == 1)
            #expect(xSemaphoreTake(semaphore, 0) == 1)
            #expect(xSemaphoreTake(semaphore, 1) == 0)
        }

        @Test func notificationsCountAndCarryValues() {
            let notes = Notes()
            let task = BoardTask {
                var value: UInt32 = 0
                xTaskNotifyWait(0, 0xFFFF_FFFF, &value, never)
                notes.note("value \(value)")
                notes.note("taken \(ulTaskNotifyTake(0, never))")
                notes.note("nothing \(xTaskNotifyWait(0, 0, &value, 1))")
            }
            xTaskNotify(task.handle, 6, eSetBits)
            while notes.all.isEmpty { vTaskDelay(1) }
            xTaskNotifyGive(task.handle)
            #expect(task.join())
            #expect(notes.all == ["value 6", "taken 1", "nothing 0"])
        }

        @Test func aDeletedTaskDoesNothingMore() {
            let start = xSemaphoreCreateBinary()
            let notes = Notes()
            let victim = BoardTask {
                notes.note("waits")
                xSemaphoreTake(start, never)
                notes.note("goes on")
            }
            while notes.all.isEmpty { vTaskDelay(1) }
            vTaskDelete(victim.handle)
            xSemaphoreGive(start)
            let witness = BoardTask { vTaskDelay(3) }
            #expect(witness.join())
            #expect(notes.all == ["waits"])
        }

        @Test func aSuspendedTaskGoesOnWhenItIsResumed() {
            let notes = Notes()
            let task = BoardTask {
                notes.note("sleeps")
                vTaskSuspend(nil)
                notes.note("is back")
            }
            while notes.all.isEmpty { vTaskDelay(1) }
            vTaskDelay(2)
            #expect(notes.all == ["sleeps"])
            vTaskResume(task.handle)
            #expect(task.join())
            #expect(notes.all == ["sleeps", "is back"])
        }

        @Test func aTaskKnowsItsNameAndPriority() {
            let notes = Notes()
            let task = BoardTask {
                notes.note(String(cString: pcTaskGetName(nil)) + " \(uxTaskPriorityGet(nil))")
            }
            #expect(task.join())
            #expect(notes.all == ["test 5"])
        }
    }
}
