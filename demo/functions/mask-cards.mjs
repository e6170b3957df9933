// Called with the backend's response: only the last four digits of a card number may reach the caller.
export const handler = async (event) => {
  console.log(`masking ${event.cards.length} cards`);
  return {
    ...event,
    cards: event.cards.map((card) => ({ ...card, number: card.number.replace(/\d(?=\d{4})/g, '*') })),
  };
};
