import FaultServer
import Glibc
import Subprocess
import SystemPackage

/// A device whose console is a program's standard input and output.
struct ProcessDevice: Device {
    let dialect: Dialect
    var pace = 1
    /// The program's path and its arguments.
    let command: [String]
    /// What its exit statuses mean; another one only says that it is gone.
    var ends: [Int32: DeviceEnd] = [:]
    /// The arguments that make its flash suffer something; nil: that cannot be.
    var options: (@Sendable (FlashMishap) -> [String])?

    var takesFlashMishaps: Bool { self.options != nil }

    func live(
        suffering flash: FlashMishap, typing lines: AsyncStream<String>,
        hearing hear: @escaping @Sendable (String) -> Void
    ) async throws -> DeviceEnd {
        let arguments = self.command.dropFirst() + (self.options?(flash) ?? [])
        var options = PlatformOptions()
        // What it starts ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
        ]
        let result: ExecutionResult<Void, SequenceOutput, CombinedErrorOutput>
        do {
            result = try await run(
                .path(FilePath(self.command[0])),
                arguments: Arguments(Array(arguments)),
                platformOptions: options, input: .inputWriter, output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                await Self.converse(execution, typing: lines, hearing: hear)
            }
        } catch let error as SubprocessError {
            throw RigError(
                "'\(self.command[0])' cannot be started: \(error); name a program that there is")
        }
        switch result.terminationStatus {
        case .exited(let status):
            return self.ends[status] ?? .gone("it ended with status \(status)")
        case .signaled(let number): return .gone("signal \(number) ended it")
        }
    }

    private static func converse(
        _ execution: Execution<CustomWriteInput, SequenceOutput, CombinedErrorOutput>,
        typing lines: AsyncStream<String>, hearing hear: @escaping @Sendable (String) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await line in lines {
                    _ = try? await execution.standardInputWriter.write(line + "\n")
                }
            }
            var reader = LineReader()
            var pacing = Pacing()
            let began = ContinuousClock.now
            do {
                for try await buffer in execution.standardOutput {
                    let lines = buffer.withUnsafeBytes { reader.read($0) }
                    for line in lines { hear(line) }
                    let delay = pacing.delay(
                        lines: lines.count, bytes: buffer.count, now: ContinuousClock.now - began)
                    if delay > .zero { try await Task.sleep(for: delay) }
                }
            } catch {
                // It was powered off.
            }
            if let rest = reader.finish() { hear(rest) }
            group.cancelAll()
        }
    }
}
