/** Before the backend is called, and after it answered; the name of the message that the phase is about, too. */
export type Phase = 'request' | 'response';
