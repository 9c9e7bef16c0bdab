import ArgumentParser
import FaultKit
import FaultServer

/// `faultserve explain NAME`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a profile or a fault: what the server does, what a correct device does.")

    @Argument(help: "A profile's name or file, or a fault's name.")
    var name: String

    @OptionGroup var library: LibraryOptions

    func run() throws {
        do {
            let profile = try self.library.library.resolve(self.name)
            Terminal.write(profile.explanation)
        } catch let error as ServerError {
            guard let fault = Faultserve.catalogue[self.name] else { throw error }
            Terminal.write(fault.page)
        }
        // A name may be a profile's and a fault's: the fault is told behind.
        if let fault = Faultserve.catalogue[self.name],
            (try? self.library.library.resolve(self.name)) != nil
        {
            Terminal.write("\nThe fault of the same name:\n\n" + fault.page)
        }
    }
}
