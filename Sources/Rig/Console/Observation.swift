public import FaultServer

/// What a line of a device's console says about an update.
public enum Observation: Sendable, Hashable {
    /// The bootloader runs: the device was powered on or reset.
    case reset
    /// The partition table has an app partition of that label.
    case partition(label: String, offset: UInt32)
    /// The bootloader has loaded the app at that offset of the flash.
    case loaded(offset: UInt32)
    /// The bootloader passes over an image that it does not take.
    case passedOver
    /// The bootloader has found nothing to boot.
    case nothingBoots
    /// The app that starts is of that version.
    case version(String)
    /// The running app's otadata entry has that state, as `esp_ota_img_states_t` names it.
    case state(String)
    /// The self-test of the first boot is over; a device that passed it has confirmed the app.
    /// - Parameter state: of its otadata entry after that, if the app tells.
    case selfTest(passed: Bool, state: String?)
    /// The app takes a URL.
    case ready
    /// One of ESP-IDF's components has failed at that step of the update.
    case fails(at: Stage)
    /// The device begins anew with the update that has failed.
    case triesAgain
    /// An update has ended, as the device sees it.
    case ended(Ending)
    /// The app has crashed.
    case panicked

    /// How the device says that an update ended.
    public struct Ending: Sendable, Hashable {
        /// Whether the new image is to boot next.
        public var isDone: Bool
        public var stage: Stage?
        /// An `esp_err_t`'s name, or the line of the log that says it.
        public var error: String?

        public init(isDone: Bool, stage: Stage? = nil, error: String? = nil) {
            self.isDone = isDone
            self.stage = stage
            self.error = error
        }
    }
}
