@preconcurrency import Board
import Foundation
import Testing

/// Bases are compared by their address.
private nonisolated(unsafe) let base = UnsafePointer<CChar>(strdup("BASE")!)
private nonisolated(unsafe) let other = UnsafePointer<CChar>(strdup("OTHER")!)

extension BoardTests {
    @Suite(.timeLimit(.minutes(1))) struct EventTests {
        private static let note: esp_event_handler_t = { notes, base, id, data in
            let text = data.map { " \($0.load(as: Int32.self))" } ?? ""
            Notes.at(notes).note(String(cString: base!) + " \(id)" + text)
        }

        private func withLoop(_ body: (Notes) -> Void) {
            let notes = Notes()
            #expect(esp_event_loop_create_default() == ESP_OK)
            body(notes)
            #expect(esp_event_loop_delete_default() == ESP_OK)
        }

        @Test func withoutALoopNothingCanBePosted() {
            #expect(esp_event_post(base, 1, nil, 0, never) == ESP_ERR_INVALID_STATE)
            #expect(esp_event_handler_register(base, 1, Self.note, nil) == ESP_ERR_INVALID_STATE)
            #expect(esp_event_loop_delete_default() == ESP_ERR_INVALID_STATE)
        }

        @Test func handlersGetWhatTheyAskedForInTheOrderOfThePosts() {
            let notes = Notes()
            #expect(esp_event_loop_create_default() == ESP_OK)
            #expect(esp_event_loop_create_default() == ESP_ERR_INVALID_STATE)
            esp_event_handler_register(base, 2, Self.note, notes.pointer)
            esp_event_handler_register(other, -1, Self.note, notes.pointer)
            for number in Int32(1)...3 {
                var data = number * 10
                #expect(esp_event_post(base, number, &data, 4, never) == ESP_OK)
                #expect(esp_event_post(other, number, nil, 0, never) == ESP_OK)
            }
            #expect(esp_event_loop_delete_default() == ESP_OK)
            #expect(notes.all == ["OTHER 1", "BASE 2 20", "OTHER 2", "OTHER 3"])
        }

        @Test func oneThatIsRegisteredTwiceIsCalledOnceAnInstanceEachTime() {
            self.withLoop { notes in
                esp_event_handler_register(base, 1, Self.note, nil)
                esp_event_handler_register(base, 1, Self.note, notes.pointer)
                var instance: esp_event_handler_instance_t?
                esp_event_handler_instance_register(base, 1, Self.note, notes.pointer, &instance)
                esp_event_post(base, 1, nil, 0, never)
                while notes.all.count < 2 { vTaskDelay(1) }
                esp_event_handler_unregister(base, 1, Self.note)
                esp_event_handler_instance_unregister(base, 1, instance)
                esp_event_post(base, 1, nil, 0, never)
                esp_event_handler_register(base, 9, Self.note, notes.pointer)
                esp_event_post(base, 9, nil, 0, never)
                while notes.all.count < 3 { vTaskDelay(1) }
                #expect(notes.all == ["BASE 1", "BASE 1", "BASE 9"])
            }
        }

        @Test func noIdOfAnyBaseCanBeAskedFor() {
            self.withLoop { _ in
                #expect(esp_event_handler_register(nil, 1, Self.note, nil) == ESP_ERR_INVALID_ARG)
                #expect(esp_event_post(base, -1, nil, 0, never) == ESP_ERR_INVALID_ARG)
            }
        }

        @Test func timersFireOnceOrAgainAndAgain() throws {
            let notes = Notes()
            var arguments = esp_timer_create_args_t()
            arguments.callback = { Notes.at($0).note("fires") }
            arguments.arg = notes.pointer
            var timer: esp_timer_handle_t?
            #expect(esp_timer_create(&arguments, &timer) == ESP_OK)
            #expect(esp_timer_start_once(timer, 1000) == ESP_OK)
            while notes.all.isEmpty { vTaskDelay(1) }
            #expect(esp_timer_stop(timer) == ESP_ERR_INVALID_STATE)
            #expect(esp_timer_start_periodic(timer, 1000) == ESP_OK)
            #expect(esp_timer_start_once(timer, 1) == ESP_ERR_INVALID_STATE)
            while notes.all.count < 4 { vTaskDelay(1) }
            #expect(esp_timer_delete(timer) == ESP_ERR_INVALID_STATE)
            #expect(esp_timer_stop(timer) == ESP_OK)
            vTaskDelay(2)  // a callback may be on its way
            #expect(esp_timer_delete(timer) == ESP_OK)
        }
    }
}
